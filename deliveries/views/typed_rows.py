"""Rows of the «Correggi» page as somebody typed them, beside what the page had shown of them.

A page may be hours old: what a person changed is what differs from what the page showed, and what
somebody else changed meanwhile is not taken back unasked.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.pages import number
from deliveries.actions import answers, placing
from deliveries.models import Delivery, StagedRow
from deliveries.reports.mend import ToMend, described, shown_then
from services.kinds import kind_choices
from validator import schema

_PLACE = ("lon", "lat")
_NO_CELL = ("kind", *_PLACE)


def typed_of(post: QueryDict, key: str) -> dict[str, str]:
    """What was typed for the row that the page called `key`."""
    prefix = f"{key}-"
    return {
        name.removeprefix(prefix): value
        for name, value in post.dict().items()
        if name.startswith(prefix) and isinstance(value, str)
    }


def row_of(delivery: Delivery, typed: Mapping[str, str]) -> ToMend:
    """The row that was typed, as it stands now. Raises Invalid."""
    rows = StagedRow.objects.of(delivery)
    staged = rows.filter(layer=typed.get("layer", ""), row=number(typed.get("row"))).first()
    if staged is None:
        raise Invalid("no-such-row", _("Questa riga non è nella consegna."))
    return described(delivery, [staged])[0]


def mended(delivery: Delivery, typed: Mapping[str, str], item: ToMend) -> answers.Mended:
    """What the person changed, with a proposed position that was chosen.

    Raises Invalid when something cannot be used.
    """
    cells, place, origin = changed_cells(typed, item), _changed_place(typed, item), None
    chosen, row = number(typed.get("place")), item.row
    if chosen is not None:
        taken = placing.Taken(row.layer, row.row, chosen)
        proposed = placing.mended(delivery, taken, typed=typed_address(typed, item))
        there = {name: proposed.changes[name] for name in _PLACE}
        # A place that was typed or clicked after choosing is by hand.
        if not place or place == there:
            place, origin = dict(proposed.changes), proposed.origin
    return answers.Mended(row.layer, row.row, place | cells, "repair" in typed, origin)


def typed_address(typed: Mapping[str, str], item: ToMend) -> dict[str, Any]:
    """The parts of the address that were changed on the page and not yet saved."""
    changes = changed_cells(typed, item)
    return {name: changes[name] for name in ("address", "street_number") if name in changes}


def changed_cells(typed: Mapping[str, str], item: ToMend) -> dict[str, Any]:
    """Fields of the schema (and `kind`) whose typed value differs from what the page showed."""
    changes, then = {}, shown_then(item, typed)
    for cell in item.cells:
        value = typed.get(f"f-{cell.name}")
        if value is None or _is_same(value, then[cell.name]):
            continue
        if len(value) > schema.TYPED_CHARACTERS:
            raise Invalid("too-long", _("Un valore è troppo lungo: fino a 4.000 caratteri."))
        changes[cell.name] = value
    kind = typed.get("kind", "")
    if kind and kind != then["kind"]:
        changes["kind"] = kind
    return changes


def _changed_place(typed: Mapping[str, str], item: ToMend) -> dict[str, Any]:
    """The new place in degrees, when one was typed that differs from what the page showed."""
    place, then = [typed.get(name, "").strip() for name in _PLACE], shown_then(item, typed)
    if not any(place) or place == [then[name] for name in _PLACE]:
        return {}
    found = answers.place_of(*place)
    if item.is_area and not {"point", "place"} & {name for name in typed if typed[name]}:
        # One stray click must not cost an outline.
        raise Invalid(
            "place",
            _(
                "Questa riga ha un contorno: per sostituirlo con la posizione segna «Metti un "
                "punto al posto del contorno», altrimenti svuota i due campi."
            ),
        )
    return found


def changed_meanwhile(
    changes: Mapping[str, Any], typed: Mapping[str, str], item: ToMend
) -> list[str]:
    """Fields that the person changed and that have become something else since the page was
    opened."""
    then = shown_then(item, typed)
    return [
        name
        for name, value in changes.items()
        if name in then
        and then[name] != item.shown[name]
        # Two who wrote the same agree.
        and not _is_same(_text(value), item.shown[name])
    ]


def clash_words(names: Iterable[str], item: ToMend) -> str:
    """What has become of fields meanwhile, and what saving again does."""
    labels = {cell.name: str(cell.label) for cell in item.cells}
    said = {}
    for name in names:
        if name in _PLACE:
            said[_("Posizione (gradi, WGS 84)")] = " ".join(item.shown[one] for one in _PLACE)
        elif name == "kind":
            said[_("Tipo di servizio")] = _kind_name(item.shown[name])
        else:
            said[labels[name]] = item.shown[name]
    sentences = [
        _("«%(field)s» nel frattempo è diventato «%(value)s».")
        % {"field": label, "value": value.strip() or _("vuoto")}
        for label, value in said.items()
    ]
    return " ".join(
        [
            *sentences,
            _(
                "L'ha cambiato un collega, o tu in un'altra scheda, e non lo abbiamo toccato: se "
                "salvi di nuovo vale quello che hai scritto qui."
            ),
        ]
    )


def _kind_name(slug: str) -> str:
    return next((str(kind.name) for kind in kind_choices() if kind.slug == slug), slug)


def as_it_stands(
    changes: Mapping[str, Any], typed: Mapping[str, str], item: ToMend
) -> dict[str, str]:
    """The form over the row as it stands now: what the person changed stays, the rest is new, and
    saving it again overwrites what they have now been told of."""
    over = {_field(name): _text(value) for name, value in changes.items()}
    now = {_field(name): text for name, text in item.shown.items()}
    # A proposed position that was chosen stands in the fields from here on.
    return {**typed, **now, **over, "was": item.shown_json, "place": ""}


def _field(name: str) -> str:
    """How the form names it."""
    return name if name in _NO_CELL else f"f-{name}"


def _text(value: Any) -> str:
    """A change as the page would show it."""
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def _is_same(typed: str, shown: str) -> bool:
    """A box of one line loses the line breaks of what it shows."""
    return typed.translate(_BREAKS) == shown.translate(_BREAKS)


_BREAKS = str.maketrans("", "", "\r\n")
