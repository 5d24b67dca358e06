"""A query string as a choice of services: the one
meaning that pages, API, tiles and exports share."""

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, reduce
from operator import and_
from typing import Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Model, Q, QuerySet, Sum, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import wrong_parameter
from services.cells import COUNTED, CellRange, cells_within
from services.models import (
    CellCount,
    MacroCategory,
    ServiceState,
    ServiceStatus,
    ServiceType,
    StateCount,
    Valence,
)
from services.querysets import CountQuerySet, StateQuerySet
from services.statements import ServiceSelection, keys_of
from services.versions import catalogue_version
from services.words import folded, meaning
from zones.days import day_asked, end_of
from zones.models import FormerCode, Municipality, Zone
from zones.selectors import in_use, zone_by_comune

EARTH_RADIUS: Final = 6378137.0
LEVELS: Final = ("supra", "local", "all")
READINGS: Final = ("1", "2", "entrambe", "unione", "solo-1", "solo-2")
UNDECLARED: Final = "non-dichiarata"
VALENCES: Final = (*Valence.values, UNDECLARED)
STATUSES: Final = tuple(value.replace(" ", "-") for value in ServiceStatus.values)
#: The names a filter answers to; everything else is the caller's own or a mistake.
PARAMETERS: Final = (
    "zone", "municipality", "category", "type", "reading", "valence", "status", "level", "locali",
    "q", "bbox", "al", "id",
)  # fmt: skip
LONGEST_QUERY: Final = 120
#: Words of a search.
MOST_WORDS: Final = 8
CACHE_SECONDS: Final = 3600
MOST_IDS: Final = 1000


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees (CRS84)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """Raises Invalid unless the text is four numbers in order, within the world."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            raise wrong_parameter(
                "bbox", _("servono quattro numeri: ovest,sud,est,nord")
            ) from None
        ordered = -180 <= west < east <= 180 and -90 <= south < north <= 90
        if not ordered:
            message = _("servono gradi WGS84: ovest < est fra -180 e 180, sud < nord fra -90 e 90")
            raise wrong_parameter("bbox", message)
        return cls(west, south, east, north)

    def web(self) -> tuple[float, ...]:
        """The same box in EPSG:3857 metres, where parallels and meridians are straight."""
        return (*_web(self.west, self.south), *_web(self.east, self.north))

    def __str__(self) -> str:
        return ",".join(f"{side:.7f}".rstrip("0").rstrip(".") for side in vars(self).values())


@dataclass(frozen=True)
class ServiceFilter:
    """Which services. Empty means all; several values
    of one name are alternatives, names add up."""

    zone: tuple[str, ...] = ()
    municipality: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    reading: str = ""
    valence: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    level: str = "supra"
    q: str = ""
    bbox: Box | None = None
    al: dt.date | None = None
    id: tuple[str, ...] = ()

    @classmethod
    def from_query(
        cls, query: QueryDict, *, others: Collection[str] | None = ()
    ) -> "ServiceFilter":
        """Read a query string. Raises Invalid (400) on a wrong value, and on an unknown name.

        `others` are names that belong to the caller (`limit`, `after`); None lets any other
        name pass, as a page must that people reach through links with a tail of their own.
        """
        if others is not None:
            _check_names(query, others)
        al = day_asked(query)
        types = _known("type", _values("type", query), ServiceType)
        return cls(
            zone=_known("zone", _values("zone", query), Zone),
            municipality=_municipalities(query, al),
            category=_known("category", _values("category", query), MacroCategory),
            type=types,
            reading=_choice("reading", query, READINGS),
            valence=_choices("valence", query, VALENCES),
            status=_choices("status", query, STATUSES),
            level=_level(query, types),
            q=_words(query),
            bbox=Box.parse(text) if (text := query.get("bbox", "").strip()) else None,
            al=al,
            id=_ids(query),
        )

    def canonical(self) -> str:
        """The same choice as the shortest query string: for cache keys and links."""
        default = ServiceFilter()
        parts: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value == getattr(default, field.name):
                continue
            parts.append((field.name, ",".join(value) if isinstance(value, tuple) else str(value)))
        return urlencode(parts, safe=",")

    def but(self, **changes: Any) -> "ServiceFilter":
        """The same choice with some names changed."""
        return replace(self, **changes)

    @property
    def day(self) -> dt.date:
        """The day asked for, else today in Europe/Rome."""
        return self.al or timezone.localdate()

    @property
    def before(self) -> dt.datetime | None:
        """The end of the day asked for (UTC, excluded);
        None when that is still to come, and so is now."""
        return end_of(self.al)

    def queryset(self, *, web_box: Sequence[float] | None = None) -> StateQuerySet:
        """What is shown, today or on the day asked for, of the services that the filter selects
        (and in a box of EPSG:3857 metres, for tiles)."""
        found: StateQuerySet = ServiceState.objects.at(self.before)
        conditions = self._conditions()
        found = found.filter(conditions) if conditions else found
        for box in (self.bbox and self.bbox.web(), web_box):
            found = found.within_web_box(box) if box else found
        return found.filter(self._meant) if self.q else found

    @cached_property
    def _meant(self) -> Q:
        """What the words ask, looked up once: a page asks for its rows and for its counts."""
        return reduce(and_, map(meaning, self.q.split()))

    @cached_property
    def _comuni_of_zone(self) -> list[str]:
        """The comuni in the zones on the day, looked up once as well."""
        return [code for code, zone in zone_by_comune(self.day).items() if zone in self.zone]

    @cached_property
    def _comuni(self) -> list[str]:
        """The comuni, with those that merged into them."""
        merged = FormerCode.objects.merged_into(self.municipality, self.day)
        return [*self.municipality, *merged]

    @property
    def is_aggregate(self) -> bool:
        """Whether the counts that publications keep answer how many: they know nothing of words,
        boxes and single services."""
        return not (self.q or self.bbox or self.id)

    def counted(self, *, by_kind: bool = False) -> "list[QuerySet[Any]]":
        """What is to be counted: the sum of `n` over all of these is how many are selected;
        `by_kind`: they are also told apart by comune and type.

        Counts where those can tell; in a box the counts of the cells that it holds whole, and the
        states in its rim; else the states themselves.
        """
        if self.is_aggregate:
            return [StateCount.objects.at(self.before).filter(self._conditions())]
        states = self.queryset().annotate(n=Value(1))
        if self.bbox and not (self.q or self.id):
            return self._in_box(self.bbox.web(), states, by_kind=by_kind)
        return [states]

    def _in_box(
        self, box: Sequence[float], states: StateQuerySet, *, by_kind: bool
    ) -> "list[QuerySet[Any]]":
        """Large cells where they lie whole in the box, finer ones around them, then states."""
        parts: list[QuerySet[Any]] = []
        counted: CellRange | None = None
        for grid in COUNTED:
            inner = cells_within(box, grid)
            if inner is None:
                continue
            part = self.cells(by_kind=by_kind).filter(zoom=grid.zoom).within(inner)
            parts.append(part.beside(counted.finer()) if counted else part)
            counted = inner
        return [*parts, states.outside(counted, COUNTED[-1]) if counted else states]

    def cells(self, *, by_kind: bool = False) -> CountQuerySet:
        """The counts per cell of the map that add up to what is selected, boxes left out: those
        that tell types and comuni apart only where the choice, or `by_kind`, asks for them."""
        detailed = by_kind or bool(self.zone or self.municipality or self.type)
        counts: CountQuerySet = CellCount.objects.at(self.before).filter(by_kind=detailed)
        return counts.filter(self._conditions())

    def hits(
        self, *, web_box: Sequence[float] | None = None, few: bool | None = None
    ) -> ServiceSelection:
        """The keys of the selected states as SQL; `few`: whether they are, of all there are, where
        that is known."""
        selective = bool(self.bbox or self.q or self.id or web_box) if few is None else few
        keys = keys_of(self.queryset(web_box=web_box))
        return ServiceSelection(keys=keys, day=self.day, selective=selective)

    def remembered(self, what: str, compute: Callable[[], Any], version: str = "") -> Any:
        """What is computed of this filter, kept as long as the catalogue (`version`) and the day
        are the same, an hour at most."""
        choice = hashlib.sha256(f"{self.day} {self.canonical()}".encode()).hexdigest()
        return cache.get_or_set(
            f"{what}:{version or catalogue_version()}:{choice}", compute, CACHE_SECONDS
        )

    def matched(self, version: str = "") -> int:
        """How many, exactly."""
        return self.remembered("matched", self._count, version) or 0

    def _count(self) -> int:
        return sum(part.aggregate(all=Sum("n"))["all"] or 0 for part in self.counted())

    def condition_of(self, name: str) -> Q:
        """What one name of the choice asks of a state, or of a count; empty if it asks nothing."""
        values = getattr(self, name)
        if not values:
            return Q()
        if name in {"zone", "municipality"}:
            return Q(municipality__in=self._comuni_of_zone if name == "zone" else self._comuni)
        if name == "status":
            values = tuple(value.replace("-", " ") for value in values)
        if name == "valence":
            values = tuple("" if value == UNDECLARED else value for value in values)
        return Q(**{COLUMNS[name]: values})

    def _conditions(self) -> Q:
        chosen = Q() if self.level == "all" else Q(level=self.level)
        for name in ("zone", "municipality", *COLUMNS):
            chosen &= self.condition_of(name)
        return chosen & READING_CONDITIONS[self.reading]


#: What the values of a name are looked for in.
COLUMNS: Final = {
    "category": "category__in",
    "type": "kind__in",
    "status": "status__in",
    "valence": "valence__in",
    "id": "service__public_id__in",
}


READING_CONDITIONS: Final = {
    "": Q(),
    "unione": Q(),
    "1": Q(in_reading_1=True),
    "2": Q(in_reading_2=True),
    "entrambe": Q(in_reading_1=True, in_reading_2=True),
    "solo-1": Q(in_reading_1=True, in_reading_2=False),
    "solo-2": Q(in_reading_1=False, in_reading_2=True),
}


def _check_names(query: QueryDict, others: Collection[str]) -> None:
    allowed = (*PARAMETERS, *others)
    for name in query:
        if name not in allowed:
            raise wrong_parameter(
                name,
                _("non esiste; si può filtrare per %(names)s") % {"names": ", ".join(allowed)},
            )


def _values(name: str, query: QueryDict) -> tuple[str, ...]:
    parts = (part.strip() for value in query.getlist(name) for part in value.split(","))
    return tuple(sorted({part for part in parts if part}))


def _choices(name: str, query: QueryDict, allowed: Sequence[str]) -> tuple[str, ...]:
    values = tuple(sorted({value.replace(" ", "-") for value in _values(name, query)}))
    wrong = [value for value in values if value not in allowed]
    if wrong:
        message = _("«%(value)s» non è fra i valori ammessi (%(allowed)s)")
        text = message % {"value": wrong[0][:60], "allowed": ", ".join(allowed)}
        raise wrong_parameter(name, text, allowed=list(allowed))
    return values


def _choice(name: str, query: QueryDict, allowed: Sequence[str]) -> str:
    values = _choices(name, query, allowed)
    if len(values) > 1:
        raise wrong_parameter(name, _("se ne può dare uno solo"))
    return values[0] if values else ""


def _municipalities(query: QueryDict, day: dt.date | None) -> tuple[str, ...]:
    """ISTAT codes of comuni; a code of before stands for the one in use on the day."""
    codes = set(in_use(_values("municipality", query), day).values())
    return _known("municipality", tuple(sorted(codes)), Municipality)


def _present(values: Sequence[str], model: type[Model]) -> set[str]:
    """Those that are keys of the table."""
    clean = [value for value in values if "\x00" not in value]
    return set(model._default_manager.filter(pk__in=clean).values_list("pk", flat=True))


def _known(name: str, values: tuple[str, ...], model: type[Model]) -> tuple[str, ...]:
    """The values, each the key of a row of that table."""
    if not values:
        return ()
    known = _present(values, model)
    wrong = [value for value in values if value not in known]
    if wrong:
        message = _("«%(value)s» non esiste; i valori si trovano in %(where)s")
        text = message % {"value": wrong[0][:60].replace("\x00", "?"), "where": WHERE[name]}
        raise wrong_parameter(name, text)
    return values


WHERE: Final = {
    "zone": "/api/v1/zones/",
    "municipality": "/api/v1/municipalities/",
    "category": "/api/v1/categories/",
    "type": "/api/v1/categories/",
}


def _level(query: QueryDict, types: Sequence[str]) -> str:
    """Local services are hidden unless asked for: by
    `level`, by `locali=1`, or by naming a local type."""
    level = _choice("level", query, LEVELS)
    with_local = _choice("locali", query, ("0", "1")) == "1"
    if level or with_local:
        return level or "all"
    local = bool(types) and ServiceType.objects.filter(pk__in=types, level="local").exists()
    return "all" if local else "supra"


def _words(query: QueryDict) -> str:
    text = query.get("q", "").strip()
    if not text:
        return ""
    if len(text) > LONGEST_QUERY or "\x00" in text:
        raise wrong_parameter("q", _("al massimo %(n)d caratteri") % {"n": LONGEST_QUERY})
    words = folded(text).split()
    if len(words) > MOST_WORDS:
        raise wrong_parameter("q", _("al massimo %(n)d parole") % {"n": MOST_WORDS})
    return " ".join(words)


def _ids(query: QueryDict) -> tuple[str, ...]:
    ids = _values("id", query)
    if len(ids) > MOST_IDS or any(len(value) > 10 or "\x00" in value for value in ids):
        raise wrong_parameter(
            "id", _("al massimo %(n)d identificativi come s-7k3m9x2a") % {"n": MOST_IDS}
        )
    return ids


def _web(lon: float, lat: float) -> tuple[float, float]:
    safe = max(-89.9, min(89.9, lat))
    north = EARTH_RADIUS * math.log(math.tan(math.pi / 4 + math.radians(safe) / 2))
    return EARTH_RADIUS * math.radians(lon), north
