"""One include per app that is installed; Italian addresses, English under /en/."""

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from sttm2 import health, pages, status

APPS = ("services", "deliveries", "notices", "zones", "people", "lum", "funding")

urlpatterns: list[URLPattern | URLResolver] = [
    # One sign-in for all: Django's own would take a password and ask for no second factor.
    path("admin/login/", secure_admin_login(RedirectView.as_view(pattern_name="admin:index"))),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", pages.security_txt),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("", include("sttm2.api_urls")),
]

urlpatterns += i18n_patterns(
    path("istruttoria/stato/", status.page, name="status"),
    path("accesso/", include("allauth.urls")),
    *(path("", include(f"{app}.urls")) for app in APPS if apps.is_installed(app)),
    path("dati/", pages.data, name="data"),
    path("atlante/", pages.atlas, name="atlas"),
    path("progetto/", pages.project, name="project"),
    path("accessibilita/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("contatti/", pages.contacts, name="contacts"),
    prefix_default_language=False,
)

handler400 = "sttm2.pages.bad_request"
handler403 = "sttm2.pages.forbidden"
handler404 = "sttm2.pages.not_found"
handler429 = "sttm2.pages.too_many"  # allauth asks for it
handler500 = "sttm2.pages.server_error"
