"""Proposed positions in words, for the mending page and for many rows; and what people placed."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.checks import choices
from deliveries.geocoding import proposals, search
from deliveries.geocoding.client import WORDS, configured
from deliveries.models import Delivery, PlaceProposal, PlaceSearch, StagedRow

PER_PAGE = 20
#: Positions placed by people that one page lists; the rest is counted.
SHOWN = 100
#: Before the key of a row in the names of the form's fields.
FIELD = "place-"
PRECISION: dict[str, str | Promise] = {
    "number": gettext_lazy("numero civico"),
    "street": gettext_lazy("via (posizione approssimata)"),
    "area": gettext_lazy("località (posizione approssimata)"),
}


@dataclass(frozen=True)
class PositionCandidate:
    """One candidate: its number from 1, its key in the form, degrees, and what is said of it."""

    number: int
    key: str
    lon: str
    lat: str
    label: str
    precision: str | Promise
    where: str
    is_inside: bool
    is_exact: bool

    @property
    def is_safe(self) -> bool:
        """A house number inside the comune."""
        return self.is_inside and self.is_exact


@dataclass(frozen=True)
class Offer:
    """What a geocoder proposed for a row; no choices: it found nothing."""

    service: str
    question: str
    choices: Sequence[PositionCandidate]


@dataclass(frozen=True)
class Unplaced:
    """A row with an address and no position. `question` is empty where none can be sent;
    `ticked`: key of the choice that is ticked beforehand, mostly none."""

    row: StagedRow
    question: str
    offer: Offer | None
    ticked: str = ""

    @property
    def field(self) -> str:
        """Name of its field in the form; `row_of` reads what follows the mark."""
        return f"{FIELD}{self.row.row}:{self.row.layer}"

    @property
    def is_safe(self) -> bool:
        """Whether its first choice is a house number inside the comune."""
        return bool(self.offer and self.offer.choices and self.offer.choices[0].is_safe)


@dataclass(frozen=True)
class PlacingProgress:
    """How the questions about many rows stand."""

    total: int
    done: int
    is_working: bool
    failure: str


@dataclass(frozen=True)
class GivenPosition:
    """A position that a person gave to a row, and where it comes from."""

    key: str
    layer: str
    row: int
    lon: float
    lat: float
    origin: str


def geocoder_host() -> str:
    """The host of the geocoder that may be asked, empty where there is none."""
    found = configured()
    return found.host if found else ""


def offer_of(proposal: PlaceProposal) -> Offer:
    """A stored proposal in words."""
    found = [_choice(number, one) for number, one in enumerate(proposal.candidates, 1)]
    return Offer(proposal.service, proposal.question, found)


def _choice(number: int, one: Mapping[str, Any]) -> PositionCandidate:
    return PositionCandidate(
        number=number,
        key=str(number - 1),
        lon=f"{one['lon']:.6f}",
        lat=f"{one['lat']:.6f}",
        label=one["label"],
        precision=PRECISION[one["precision"]],
        where=_where(one),
        is_inside=one["inside"],
        is_exact=one["precision"] == "number",
    )


def _where(one: Mapping[str, Any]) -> str:
    if not one["metres"]:
        return _("dentro il Comune")
    if one["inside"]:
        return _("al confine del Comune (%(m)d m oltre)") % {"m": one["metres"]}
    return _("fuori dal Comune di %(m)d m") % {"m": one["metres"]}


def offers(delivery: Delivery, rows: Sequence[StagedRow]) -> dict[tuple[str, int], Offer]:
    """What is proposed for these rows; nothing where no geocoder is configured."""
    if configured() is None:
        return {}
    return {key: offer_of(one) for key, one in proposals.stored(delivery, rows).items()}


def unplaced(delivery: Delivery, page: int) -> Page[Any]:
    """Rows with an address and no position, a page at a time."""
    rows = proposals.without_position(delivery).defer("sent", "geometry", "raw")
    return Paginator(rows, PER_PAGE).get_page(page)


def placed_since(delivery: Delivery, keys: Collection[tuple[str, int]]) -> list[tuple[str, int]]:
    """Which of these rows (layer, row), once without a position, have one now."""
    rows = StagedRow.objects.of(delivery).filter(row__in={row for _layer, row in keys})
    found = rows.filter(point__isnull=False).order_by("layer", "row").values_list("layer", "row")
    return [key for key in found if key in keys]


def described(
    delivery: Delivery, rows: Sequence[StagedRow], *, tick_safe: bool = False
) -> list[Unplaced]:
    """Rows with what is proposed for them; one query for all. `tick_safe`: tick beforehand what
    is a house number inside the comune."""
    found, question = offers(delivery, rows), proposals.questions_of(delivery)
    lines = [
        Unplaced(
            row,
            question(row.attributes, row.municipality),
            found.get((row.layer, row.row)),
        )
        for row in rows
    ]
    return [replace(line, ticked="0") if tick_safe and line.is_safe else line for line in lines]


def progress(delivery: Delivery) -> PlacingProgress | None:
    """How the last search stands, if there was one."""
    found = PlaceSearch.objects.filter(delivery=delivery).first()
    if found is None:
        return None
    total, done = found.progress_total, found.progress_done
    return PlacingProgress(total, done, found.ended_at is None, _why(found.failure))


def _why(failure: str) -> str:
    if not failure:
        return ""
    code, _colon, reference = failure.partition(":")
    sentences = [str(WORDS[code])]
    sentences += [_("Riferimento: %(reference)s.") % {"reference": reference}] if reference else []
    return " ".join(sentences)


def unasked_count(delivery: Delivery) -> int:
    """Rows that a search would ask about now, at most `search.MOST`."""
    return len(search.unasked(delivery))


def placed(delivery: Delivery) -> list[GivenPosition]:
    """Positions given by people, in the order of the file."""
    found = []
    for key, changes in (delivery.options.get("edits") or {}).items():
        if changes.get("lon") in (None, "") or changes.get("lat") in (None, ""):
            continue
        layer, _separator, row = key.rpartition(choices.SEPARATOR)
        lon, lat = float(changes["lon"]), float(changes["lat"])
        sentences = origin_words(changes.get(choices.ORIGIN))
        found.append(GivenPosition(f"{row}:{layer}", layer, int(row), lon, lat, sentences))
    return sorted(found, key=lambda one: (one.layer, one.row))


def origin_words(origin: Mapping[str, Any] | None) -> str:
    """Where a position comes from: by hand, or which service, when, how exactly."""
    if not origin:
        return _("messa a mano")
    day = formats.date_format(dt.date.fromisoformat(origin["on"]), "SHORT_DATE_FORMAT")
    return _("proposta da %(service)s il %(day)s e scelta da te: %(precision)s, «%(label)s»") % {
        "service": origin["service"],
        "day": day,
        "precision": PRECISION[origin["precision"]],
        "label": origin["label"],
    }


def row_of(key: str) -> tuple[str, int] | None:
    """Layer and row of a key of `placed`, None when it is none."""
    number, separator, layer = key.partition(":")
    if not separator or not number.isdecimal() or len(number) > 9:
        return None
    return layer, int(number)
