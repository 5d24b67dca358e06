"""What every page shows: navigation, languages, the demonstration. How far the data go is
`sttm2.freshness`."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.policies import is_reviewer

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


@dataclass(frozen=True)
class Link:
    """An entry of the navigation or of the language switch."""

    label: str
    url: str
    current: bool
    code: str = ""


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame: `portal_navigation`, `portal_languages`, ..."""
    return {
        "portal_demonstration": settings.DEMONSTRATION,
        "portal_mail_to_files": not settings.SMTP_HOST,
        "portal_public_url": settings.PUBLIC_URL,
        "portal_navigation": _navigation(request.path),
        "portal_languages": _languages(request),
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
