"""Pages of the portal as a whole: data, atlas, project, accessibility, privacy, contacts, and the
error pages."""

import datetime as dt
import logging
import secrets
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.away import away
from core.errors import Invalid, NotAllowed, NotFound, TooMany
from core.storage import no_room
from people import retention
from sttm2.away import away_answer
from sttm2.layers import LAYERS
from sttm2.middleware import error_response
from zones.models import Zone

logger = logging.getLogger(__name__)
#: For how long what security.txt says may be kept (its RFC: less than a year).
SECURITY_VALID = dt.timedelta(days=180)


@dataclass(frozen=True)
class ApiExample:
    """A request anyone may copy, and what it answers."""

    words: str
    path: str


def atlas(request: HttpRequest) -> HttpResponse:
    zones = Zone.objects.only("slug", "name", "name_en")
    return render(request, "pages/atlas.html", {"zones": zones})


def project(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/project.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html", {"mail": settings.DEFAULT_FROM_EMAIL})


def contacts(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/contacts.html", {"mail": settings.DEFAULT_FROM_EMAIL})


def data(request: HttpRequest) -> HttpResponse:
    examples = [
        ApiExample(
            _("Gli ospedali della Lettura 2 nel Nord Milano, come GeoJSON:"),
            "/api/v1/services/?zone=nord-milano&type=ospedali&reading=2",
        ),
        ApiExample(
            _("I servizi dentro un riquadro (ovest, sud, est, nord in gradi):"),
            "/api/v1/services/?bbox=9.15,45.44,9.22,45.49",
        ),
        ApiExample(_("I comuni con il loro codice ISTAT:"), "/api/v1/municipalities/"),
        ApiExample(_("Le categorie e i tipi:"), "/api/v1/categories/"),
    ]
    return render(request, "pages/data.html", {"layers": LAYERS, "examples": examples})


def privacy(request: HttpRequest) -> HttpResponse:
    """The periods are those by which the beat deletes, so that the page cannot say something
    else."""
    context = {
        "periods": retention.periods(),
        "mail": settings.DEFAULT_FROM_EMAIL,
        "geocoder": urlsplit(str(settings.GEOCODER["url"])).hostname,
        "basemap": urlsplit(settings.BASEMAP_URL).hostname,
    }
    return render(request, "pages/privacy.html", context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("La richiesta non è fatta come il portale se la aspetta.")
    return error_response(request, Invalid("bad-request", text))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, NotAllowed("forbidden", _("Questa azione non ti è permessa.")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere: nothing
    was lost that a reload does not bring back."""
    text = _("Il modulo è rimasto aperto troppo a lungo: ricarica la pagina e invia di nuovo.")
    return error_response(request, NotAllowed("csrf", text))


def too_many(request: HttpRequest) -> HttpResponse:
    """What the pages of the sign-in answer to whoever asks too often."""
    text = _("Troppe richieste in poco tempo: aspetta qualche minuto e riprova.")
    answer = error_response(request, TooMany("too-many", text))
    answer["Retry-After"] = "60"
    return answer


def wait(request: HttpRequest, answer: HttpResponse, credentials: Any) -> HttpResponse:
    """After wrong passwords: for how long to wait before the next is looked at."""
    delays = AxesProxyHandler.get_implementation()
    seconds = max(1, delays.seconds_left(request, credentials))
    minutes = -(-seconds // 60)
    text = ngettext(
        "Troppe password sbagliate da qui: aspetta %(n)d minuto e riprova, o scegline una nuova.",
        "Troppe password sbagliate da qui: aspetta %(n)d minuti e riprova, o scegline una nuova.",
        minutes,
    )
    if delays.seconds_of_strangers(request, credentials):
        text = ngettext(
            "Per questo account arrivano troppe password sbagliate, anche da altrove: aspetta "
            "%(n)d minuto e riprova, oppure entra da un dispositivo che hai già usato o scegli "
            "una password nuova.",
            "Per questo account arrivano troppe password sbagliate, anche da altrove: aspetta "
            "%(n)d minuti e riprova, oppure entra da un dispositivo che hai già usato o scegli "
            "una password nuova.",
            minutes,
        )
    told = error_response(request, TooMany("too-many", text % {"n": minutes}))
    told["Retry-After"] = str(seconds)
    return told


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, NotFound("not-found", _("Questa pagina non c’è.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: no database, no session, no context
    processor may be asked when something broke. A disk without room is told as such, and so is
    what is away for a moment."""
    error = sys.exc_info()[1]
    if (full := no_room(error)) is not None:
        return error_response(request, full)
    if (gone := away(error)) is not None:
        return away_answer(request, gone)
    reference = secrets.token_hex(4)
    logger.error("reference %s: %s", reference, request.path)
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); its end is always some months away."""
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_VALID
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: it, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
        f"Policy: {settings.PUBLIC_URL}{reverse('contacts')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
