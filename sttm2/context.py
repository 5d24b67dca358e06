"""What every page shows: navigation, languages, the edition ("dati al ..."), the demonstration."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.policies import is_reviewer
from services.models import Edition, Service

NAVIGATION = (
    ("services:map", _("Mappa")),
    ("services:list", _("Servizi")),
    ("zones:list", _("Zone")),
    ("lum:list", _("LUM")),
    ("funding:list", _("Finanziamenti")),
    ("atlas", _("Atlante")),
    ("data", _("Dati e API")),
    ("deliveries:precheck", _("Verifica un file")),
)
FRESHNESS_SECONDS = 60


@dataclass(frozen=True)
class Link:
    """An entry of the navigation or of the language switch."""

    label: str
    url: str
    current: bool
    code: str = ""


@dataclass(frozen=True)
class Stand:
    """How far the data go: the last publication, and
    whether anything shown is demonstration data."""

    published_at: datetime | None
    is_demonstration: bool


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame: `portal_navigation`, `portal_languages`, `portal_stand`, ..."""
    return {
        "portal_demonstration": settings.DEMONSTRATION,
        "portal_mail_to_files": not settings.SMTP_HOST,
        "portal_public_url": settings.PUBLIC_URL,
        "portal_navigation": _navigation(request.path),
        "portal_languages": _languages(request),
        "portal_stand": SimpleLazyObject(_stand),
        "portal_is_reviewer": SimpleLazyObject(lambda: is_reviewer(request.user)),
        "portal_oidc": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"],
    }


def _navigation(path: str) -> list[Link]:
    links = []
    for name, label in NAVIGATION:
        try:
            url = reverse(name)
        except NoReverseMatch:  # pragma: no cover - an app may be left out of an installation
            continue
        home = reverse("services:map")
        current = path == url if url == home else path.startswith(url)
        links.append(Link(str(label), url, current))
    return links


def _languages(request: HttpRequest) -> list[Link]:
    current = (get_language() or "it").split("-")[0]
    address = request.get_full_path()
    return [
        Link(str(name), translate_url(address, code), code == current, code)
        for code, name in settings.LANGUAGES
    ]


def _stand() -> Stand:
    """Asked of the database at most once a minute."""
    stand: Stand | None = cache.get("portal-stand")
    if stand is None:
        last = Edition.objects.order_by("-published_at").values_list("published_at", flat=True)
        shown = Service.objects.published().filter(is_demonstration=True)
        stand = Stand(last.first(), shown.exists())
        cache.set("portal-stand", stand, FRESHNESS_SECONDS)
    return stand
