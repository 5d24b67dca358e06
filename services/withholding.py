"""Personal data in what was published before the check withheld it: taken out of records and of
every state, also of past days; who sent them still has them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.errors import Invalid, NotFound
from services import states
from services.ids import new_item_key
from services.models import Record, SearchWord, Service, ServiceEvent, ServiceState, SourceItem
from services.words import folded
from validator.rules.personal import PUBLISHED, personal_cells

#: The rule, and the answer to it that lets a cell be published.
_CODE, _LETS_OUT = "ATT-15", "right"
_SOME: Final = 500


@transaction.atomic
def withhold_published(*, dry_run: bool = False) -> dict[str, int]:
    """Take the cells that seem to hold something of a person out of everything published, but for
    those said to be contacts of the body. How many records, states and services, by name."""
    states.hold_moment()
    let_out: set[str] = set()
    records = [one for one in Record.objects.iterator(_SOME) if _withhold_record(one, let_out)]
    shown = [one for one in ServiceState.objects.iterator(_SOME) if _withhold_state(one, let_out)]
    return _stored(records, shown, dry_run=dry_run)


@transaction.atomic
def withhold_field(public_id: str, field: str, *, dry_run: bool = False) -> dict[str, int]:
    """Take one field of one service out of everything published, on every day, whatever it holds
    and whatever was answered of it: what no pattern finds, a name of a person.

    How many records, states and services, by name. Raises NotFound, Invalid (no such field).
    """
    if field not in PUBLISHED:
        text = f"«{field}» non è un campo pubblicato: {', '.join(PUBLISHED)}."
        raise Invalid("field-unknown", text)
    if not Service.objects.filter(public_id=public_id).exists():
        raise NotFound("service-unknown", f"Non c'è nessun servizio {public_id}.")
    states.hold_moment()
    said = Record.objects.filter(item__service__public_id=public_id)
    records = [one for one in said if _withhold_cell(one, field)]
    days = ServiceState.objects.filter(service__public_id=public_id)
    return _stored(records, [one for one in days if _blank_cell(one, field)], dry_run=dry_run)


def _stored(records: list[Record], shown: list[ServiceState], *, dry_run: bool) -> dict[str, int]:
    Record.objects.bulk_update(records, ["name", "attributes", "withheld"], batch_size=_SOME)
    _rename_items(records)
    words = {word for state in shown for word in state.folded.split()}
    ServiceState.objects.bulk_update(shown, ["name", "address", "attributes"], batch_size=_SOME)
    _forget_words(words)
    services = {state.service_id for state in shown}
    _tell(services)
    transaction.set_rollback(dry_run)
    return {"records": len(records), "states": len(shown), "services": len(services)}


def _withhold_record(record: Record, let_out: set[str]) -> bool:
    """Whether something of the record is withheld now; what is let out of it is added."""
    free = {
        answer.get("cell")
        for answer in record.answers
        if (answer.get("code"), answer.get("kind")) == (_CODE, _LETS_OUT)
    }
    let_out |= {str(record.attributes.get(name)) for name in free if name}
    found = personal_cells({"name": record.name, **record.attributes})
    cells = {name: text for name, text in found.items() if name not in free}
    _keep_apart(record, cells)
    return bool(cells)


def _withhold_cell(record: Record, field: str) -> bool:
    text = {**record.attributes, "name": record.name}.get(field)
    if not text:
        return False
    _keep_apart(record, {field: text})
    return True


def _keep_apart(record: Record, cells: Mapping[str, Any]) -> None:
    record.withheld = {**record.withheld, **cells}
    record.name = "" if "name" in cells else record.name
    record.attributes = _without(record.attributes, cells)


def _withhold_state(state: ServiceState, let_out: set[str]) -> bool:
    own = {"name": state.name, "address": state.address}
    cells = {
        name: text
        for shown in (state.attributes, own)
        for name, text in personal_cells(shown).items()
        if text not in let_out
    }
    _blank(state, cells)
    return bool(cells)


def _blank_cell(state: ServiceState, field: str) -> bool:
    own = {"name": state.name, "address": state.address}
    if not (own.get(field) or state.attributes.get(field)):
        return False
    _blank(state, [field])
    return True


def _blank(state: ServiceState, cells: Collection[str]) -> None:
    state.name = "" if "name" in cells else state.name
    state.address = "" if "address" in cells else state.address
    state.attributes = _without(state.attributes, cells)


def _without(attributes: Mapping[str, Any], cells: Iterable[str]) -> dict[str, Any]:
    return {**attributes, **dict.fromkeys(set(cells) & attributes.keys())}


def _rename_items(records: Iterable[Record]) -> None:
    """An identifier is shown as the key of its thing."""
    named = [record.item_id for record in records if "identifier" in record.withheld]
    for item in SourceItem.objects.filter(pk__in=named, key_issued=False):
        SourceItem.objects.filter(pk=item.pk).update(key=new_item_key(), key_issued=True)


def _forget_words(words: Iterable[str]) -> None:
    """A search must not find what stands nowhere any more."""
    for word in words:
        if not ServiceState.objects.filter(folded__contains=word).exists():
            SearchWord.objects.filter(Q(word=word) | Q(word=folded(word))).delete()


def _tell(services: Iterable[int]) -> None:
    """An event of each: whatever was kept of the earlier answers is out of date."""
    verb, now = ServiceEvent.Verb.CHANGED, timezone.now()
    ServiceEvent.objects.bulk_create(
        ServiceEvent(service_id=pk, verb=verb, at=now) for pk in sorted(services)
    )
