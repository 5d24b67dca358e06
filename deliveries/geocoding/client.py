"""One question to the configured geocoder: https, no redirects, little patience, small answers.

`requests` and not geopy: what is needed is one GET, and what matters about it (no redirect
followed, bytes counted, a deadline of the whole) is what geopy leaves to its adapters.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotFound
from deliveries.geocoding.kinds import KINDS, Extent, GeocodedPlace, GeocoderKind

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3, 5, 8
MOST_BYTES = 256 * 1024
#: How long a page waits for its turn, and how long an answer is remembered.
PATIENCE_SECONDS = 5.0
KEPT_SECONDS = 7 * 24 * 3600
_BLOCK = 16 * 1024
#: One question at a time, of all processes: this key lives as long as the pause between two.
_TURN = "geocoder:turn"

#: A failure that is nobody's but ours; where it is kept, ":" and its reference follow.
OURS = "ours"
WORDS: dict[str, str | Promise] = {
    "timeout": _("Il geocodificatore non ha risposto in tempo."),
    "unreachable": _("Il geocodificatore non è raggiungibile."),
    "redirect": _("Il geocodificatore ha rimandato a un altro indirizzo, che non interroghiamo."),
    "refused": _("Il geocodificatore ha risposto con un errore."),
    "too-large": _("La risposta del geocodificatore è troppo grande."),
    "junk": _("La risposta del geocodificatore non si capisce."),
    OURS: _("Un nostro problema ha interrotto le domande."),
    "busy": _("Il geocodificatore sta rispondendo ad altri: riprova fra poco."),
}
HAND = _("Nulla è andato perso: riprova più tardi o metti la posizione a mano.")


class GeocoderFailed(DomainError):
    """The service gave no answer that can be used; `code` is a key of WORDS."""

    status = 502

    def __init__(self, code: str) -> None:
        super().__init__(f"geocoder-{code}", f"{WORDS[code]} {HAND}")
        self.reason = code


@dataclass(frozen=True, slots=True)
class Geocoder:
    """The configured service. `seconds`: the pause between two questions."""

    name: str
    kind: GeocoderKind
    url: str
    host: str
    seconds: int


def configured() -> Geocoder | None:
    """The geocoder that this installation may ask, or None: then nothing is ever sent."""
    chosen: dict[str, Any] = settings.GEOCODER
    if not chosen["url"]:
        return None
    url = chosen["url"].rstrip("/")
    host = urlsplit(url).hostname or ""
    return Geocoder(chosen["kind"], KINDS[chosen["kind"]], url, host, chosen["seconds"])


def required() -> Geocoder:
    """The geocoder. Raises NotFound where none is configured."""
    found = configured()
    if found is None:
        raise NotFound("no-geocoder", _("In questo portale non c'è un geocodificatore."))
    return found


def ask(
    geocoder: Geocoder, question: str, extent: Extent, *, patience: float = PATIENCE_SECONDS
) -> list[GeocodedPlace]:
    """Where the service says that an address is, inside the extent, best first.

    A question asked within the last days is answered from memory. Raises GeocoderFailed.
    """
    key = _key(geocoder, question, extent)
    known = cache.get(key)
    if known is not None:
        return [GeocodedPlace(**one) for one in known]
    _wait_for_turn(geocoder.seconds, patience)
    try:
        answer = _get(geocoder, geocoder.kind.parameters(question, extent))
        found = [one for one in geocoder.kind.read(answer) if _within(one, extent)]
    except ValueError as error:
        raise GeocoderFailed("junk") from error
    cache.set(key, [asdict(one) for one in found], KEPT_SECONDS)
    return found


def _key(geocoder: Geocoder, question: str, extent: Extent) -> str:
    identity = json.dumps([geocoder.url, geocoder.name, question, extent])
    return f"geocoder:answer:{hashlib.sha256(identity.encode()).hexdigest()}"


def _within(place: GeocodedPlace, extent: Extent) -> bool:
    west, south, east, north = extent
    return west <= place.lon <= east and south <= place.lat <= north


def _wait_for_turn(pause: int, patience: float) -> None:
    until = time.monotonic() + patience
    while pause and not cache.add(_TURN, 1, pause):
        if time.monotonic() > until:
            raise GeocoderFailed("busy")
        time.sleep(0.1)


def _get(geocoder: Geocoder, parameters: dict[str, str]) -> Any:
    """The answer, parsed. Raises GeocoderFailed, ValueError for what is not JSON."""
    headers = {
        "User-Agent": f"PortaleSTTM/2 (+{settings.PUBLIC_URL})",
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # an answer counts as many bytes as it costs
    }
    with requests.Session() as session:
        session.trust_env = False  # no credentials of a .netrc; a proxy is given below
        try:
            with session.get(
                geocoder.url + geocoder.kind.path,
                params=parameters,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                proxies=_proxies(geocoder.url),
                allow_redirects=False,
                stream=True,
            ) as response:
                _judge(response)
                body = _body(response)
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise GeocoderFailed("timeout") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            logger.warning("the geocoder cannot be reached: %s", type(error).__name__)
            raise GeocoderFailed("unreachable") from error
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _proxies(url: str) -> dict[str, str]:
    """The way out of the house, as the environment says it; never for a service of this
    machine, which alone is asked over http."""
    return requests.utils.get_environ_proxies(url) if url.startswith("https:") else {}


def _judge(response: requests.Response) -> None:
    status = response.status_code
    if 300 <= status < 400:
        raise GeocoderFailed("redirect")
    if status in (429, 503):
        raise GeocoderFailed("busy")
    if status != 200 or response.headers.get("Content-Encoding", "identity") != "identity":
        logger.warning("the geocoder answered %s", status)
        raise GeocoderFailed("refused")


def _body(response: requests.Response) -> bytes:
    """The bytes, counted and timed as they come: a slow drip keeps no thread."""
    until, parts, size = time.monotonic() + WHOLE_SECONDS, list[bytes](), 0
    while block := response.raw.read1(_BLOCK, decode_content=False):
        size += len(block)
        if size > MOST_BYTES:
            raise GeocoderFailed("too-large")
        if time.monotonic() > until:
            raise GeocoderFailed("timeout")
        parts.append(block)
    return b"".join(parts)
