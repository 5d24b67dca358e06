"""One include per app; Italian addresses, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from sttm2 import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("sttm2.api_urls")),
]

urlpatterns += i18n_patterns(
    path("accesso/", include("allauth.urls")),
    path("", include("services.urls")),
    path("", include("deliveries.urls")),
    path("", include("notices.urls")),
    path("", include("zones.urls")),
    path("", include("people.urls")),
    path("", include("lum.urls")),
    path("", include("funding.urls")),
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
handler500 = "sttm2.pages.server_error"
