"""What the planner does with findings before sending: answers, cells mended, columns confirmed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Invalid, NotAllowed
from deliveries import policies, workflow, works
from deliveries.actions import intake
from deliveries.checks import choices, withheld
from deliveries.models import Answer, Delivery, FieldMapping, Finding, StagedRow
from deliveries.querysets import rows_of, run_sql
from deliveries.selectors import offered
from people.models import User
from validator.interpreting.context import REPAIR
from validator.source_file import shape_of


def _may_edit(user: User, delivery: Delivery) -> None:
    if not policies.may_edit(user, delivery):
        raise NotAllowed("not-editable", _("Questa consegna non si può modificare adesso."))


@transaction.atomic
def answer(
    delivery: Delivery,
    *,
    user: User,
    code: str,
    layer: str = "",
    rows: Sequence[int] = (),
    column: str = "",
    kind: str = Answer.Kind.RIGHT,
    reason: str,
    until: dt.date | None = None,
) -> int:
    """Answer a warning, for some rows or (none given) for all rows of the code; how many answers
    were written. `column`: only where it speaks of that one.

    The answer hangs on the row's content: the same row in a later delivery finds it again, a
    changed one does not. «È giusto così» of withheld cells says that they are contacts of the
    body: they are published from then on, and only a person of the comune may say so.
    """
    _may_edit(user, workflow.locked(delivery.pk))
    if code == withheld.CODE and kind == withheld.LETS_OUT:
        _may_let_out(user, delivery)
    if not reason.strip():
        raise Invalid("reason-missing", _("Scrivi il motivo: lo leggerà l'istruttore."))
    if kind == Answer.Kind.WILL_FIX and (until is None or until < timezone.localdate()):
        raise Invalid("date-missing", _("Indica entro quale data sarà corretto, da oggi in poi."))
    if not Finding.objects.filter(delivery=delivery, code=code, severity="warning").exists():
        raise Invalid(
            "no-such-warning", _("In questa consegna non c'è l'avviso %(code)s.") % {"code": code}
        )
    written = rows_of(
        "answer_findings",
        delivery=delivery.pk,
        source=delivery.source_id,
        code=code,
        layer=layer,
        rows=list(rows) or None,
        column=column,
        kind=str(kind),
        reason=reason.strip(),
        until=until,
        user=user.pk,
        now=timezone.now(),
    )
    if not written[0][0]:
        raise Invalid("no-such-row", _("L'avviso non riguarda le righe indicate."))
    _release(delivery)
    workflow.record(delivery, "answer", by=user, note=f"{code}: {reason.strip()}")
    return delivery.answers.filter(code=code).count()


def _release(delivery: Delivery) -> None:
    """Cells that are let out, or kept back again, are other differences than those made ahead."""
    if withheld.release(delivery):
        Delivery.objects.filter(pk=delivery.pk).update(compared_at=None)
        works.compare_later(delivery.pk, delivery.turn, rows=delivery.row_count)


def _may_let_out(user: User, delivery: Delivery) -> None:
    if not policies.may_submit(user, delivery):
        text = _("Che sia un recapito dell'ente lo dice un operatore, non un consulente.")
        raise NotAllowed("not-operator", text)


@transaction.atomic
def take_offered(
    delivery: Delivery, *, user: User, code: str = "", ids: Sequence[int] | None = None
) -> int:
    """Give the answers offered (of one code, by their
    keys, or all) again, under one's own name; how many."""
    _may_edit(user, workflow.locked(delivery.pk))
    fitting = offered(delivery, code=code)
    if not policies.may_submit(user, delivery):  # who may not let a cell out does not do it so
        fitting = fitting.exclude(code=withheld.CODE, kind=withheld.LETS_OUT)
    keys = list(fitting.values_list("pk", flat=True))
    if ids is not None:
        keys = sorted({*keys} & {*ids})
    if keys:
        run_sql("take_offered", delivery=delivery.pk, keys=keys, user=user.pk, now=timezone.now())
        _release(delivery)
        workflow.record(delivery, "answer", by=user, payload={"taken_again": len(keys)})
    return len(keys)


@dataclass(frozen=True)
class Mended:
    """What was done to a row: cells (by schema field), its type (`kind`), its position (`lon`,
    `lat`), and whether the proposed repair of its geometry is taken. `origin`: what proposed the
    position, where a geocoder did."""

    layer: str
    row: int
    changes: Mapping[str, Any]
    repair: bool = False
    origin: Mapping[str, Any] | None = None


def place_of(lon: str, lat: str) -> dict[str, float]:
    """A position as people type it (degrees, WGS 84, decimal comma or point), as changes of a row.

    Raises Invalid when it is none or lies outside Italy.
    """
    try:
        x, y = (float(text.replace(",", ".")) for text in (lon, lat))
    except ValueError as error:
        raise Invalid(
            "place", _("Scrivi la posizione in gradi, per esempio 9,2310 e 45,5340.")
        ) from error
    if not (6 < x < 19 and 35 < y < 48):
        raise Invalid(
            "place", _("La posizione non cade in Italia: controlla longitudine e latitudine.")
        )
    return {"lon": x, "lat": y}


@transaction.atomic
def mend(delivery: Delivery, *, user: User, rows: Sequence[Mended]) -> None:
    """Mend rows and check again, once for all of them.

    The choices are read under lock: what a colleague mended meanwhile stays.
    """
    _may_edit(user, delivery)
    known = workflow.locked(delivery.pk).options
    edits, accepted = dict(known.get("edits", {})), list(known.get("accepted", []))
    for mended in rows:
        layer, row = mended.layer, mended.row
        if not StagedRow.objects.filter(delivery=delivery, layer=layer, row=row).exists():
            raise Invalid(
                "no-such-row", _("La riga %(row)d non è in questa consegna.") % {"row": row}
            )
        if mended.changes:
            key = choices.row_key(layer, row)
            edits[key] = _merged(edits.get(key, {}), mended)
        if mended.repair:
            accepted.append({"what": REPAIR, "layer": layer, "row": row})
    for mended in rows:
        details = {"layer": mended.layer, "row": mended.row, "changes": dict(mended.changes)}
        details |= {"repair": True} if mended.repair else {}
        details |= {"origin": dict(mended.origin)} if mended.origin else {}
        workflow.record(delivery, "edit", by=user, payload=details)
    intake.recheck(delivery, user=user, options={"edits": edits, "accepted": accepted})


def _merged(before: Mapping[str, Any], mended: Mended) -> dict[str, Any]:
    """The edits of a row with the new ones; a new place has its own origin, or is by hand."""
    if choices.ORIGIN in mended.changes:
        raise Invalid("unknown-field", _("Questo campo non si può correggere."))
    kept = choices.without_place(before) if "lon" in mended.changes else dict(before)
    origin = {choices.ORIGIN: dict(mended.origin)} if mended.origin else {}
    return {**kept, **mended.changes, **origin}


def edit_row(
    delivery: Delivery, *, user: User, layer: str, row: int, changes: Mapping[str, Any]
) -> None:
    """Mend one row; checks again."""
    mend(delivery, user=user, rows=[Mended(layer, row, changes)])


@transaction.atomic
def confirm_columns(
    delivery: Delivery, *, user: User, mapping: Mapping[str, Mapping[str, str | None]]
) -> None:
    """Say which column is which field, per layer; remembered for the source and the layer's shape.

    The delivery is read under lock: what a colleague confirmed meanwhile stays.
    """
    _may_edit(user, delivery)
    known = workflow.locked(delivery.pk)
    columns = {**known.options.get("columns", {}), **{k: dict(v) for k, v in mapping.items()}}
    for layer, chosen in mapping.items():
        shape = known.mapping.get(layer, {}).get("shape") or shape_of(list(chosen))
        FieldMapping.objects.update_or_create(
            source=delivery.source,
            shape=shape,
            defaults={"mapping": dict(chosen), "by": user, "at": timezone.now()},
        )
    delivery.mapping_confirmed_at = timezone.now()
    delivery.save(update_fields=["mapping_confirmed_at"])
    workflow.record(delivery, "confirm_columns", by=user, payload={"columns": columns})
    intake.recheck(delivery, user=user, options={"columns": columns})
