"""Positions that a geocoder proposes: asking about a row or many, taking one, taking it back.

A position is only ever taken by a person; taking it is a mend like placing the row by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Invalid, NotAllowed
from deliveries import policies, workflow, works
from deliveries.actions import answers, intake
from deliveries.checks import choices
from deliveries.geocoding import client, proposals, search
from deliveries.geocoding.kinds import ACCURACY
from deliveries.models import Delivery, PlaceProposal, PlaceSearch, StagedRow
from people.models import User


@dataclass(frozen=True)
class Taken:
    """The choice of a person: of that row, the candidate with that number, from 0."""

    layer: str
    row: int
    candidate: int


def propose(
    delivery: Delivery,
    *,
    user: User,
    layer: str,
    row: int,
    typed: Mapping[str, Any] | None = None,
) -> PlaceProposal:
    """Ask the geocoder about one row; `typed` are cells that were changed and not yet saved.

    Raises NotFound without a geocoder, NotAllowed, Invalid, GeocoderFailed.
    """
    geocoder = client.required()
    _may_edit(user, delivery)
    staged = _staged(delivery, layer, row)
    question = _question(delivery, staged, typed or {})
    return proposals.propose(geocoder, staged, question, patience=client.PATIENCE_SECONDS)


def propose_all(delivery: Delivery, *, user: User) -> PlaceSearch:
    """Have a worker ask about the rows that have an address and no position, a bounded number.

    Raises NotFound without a geocoder, NotAllowed.
    """
    client.required()
    _may_edit(user, delivery)
    with transaction.atomic():
        found = search.begin(delivery, by=user)
        if found.ended_at is None:
            works.PLACES.send_after_commit(delivery.pk, found.turn)
    return found


def mended(
    delivery: Delivery, taken: Taken, *, typed: Mapping[str, Any] | None = None
) -> answers.Mended:
    """The mend that a chosen candidate means: position, accuracy, and where they come from.

    Raises Invalid when it was not proposed, or was for another address than the row has now.
    """
    staged = _staged(delivery, taken.layer, taken.row)
    question = _question(delivery, staged, typed or {})
    kept = PlaceProposal.objects.filter(
        delivery=delivery, layer=taken.layer, row=taken.row, question=question
    ).first()
    if kept is None or not 0 <= taken.candidate < len(kept.candidates):
        raise Invalid(
            "no-such-proposal",
            _("Riga %(row)d: questa posizione non è stata proposta per l'indirizzo di adesso.")
            % {"row": taken.row},
        )
    chosen = kept.candidates[taken.candidate]
    place = {"lon": chosen["lon"], "lat": chosen["lat"], "accuracy": ACCURACY[chosen["precision"]]}
    origin = {
        "service": kept.service,
        "on": timezone.localtime(kept.at).date().isoformat(),
        "precision": chosen["precision"],
        "label": chosen["label"],
        "accuracy": place["accuracy"],
    }
    return answers.Mended(taken.layer, taken.row, place, origin=origin)


def take(delivery: Delivery, *, user: User, taken: Sequence[Taken]) -> None:
    """Take proposed positions, each as the person chose it; one check for all.

    Raises Invalid when nothing was chosen or a choice does not hold, NotAllowed.
    """
    _may_edit(user, delivery)
    if not taken:
        raise Invalid("nothing-chosen", _("Non hai scelto nessuna posizione."))
    answers.mend(delivery, user=user, rows=[mended(delivery, one) for one in taken])


@transaction.atomic
def take_back(delivery: Delivery, *, user: User, rows: Sequence[tuple[str, int]]) -> None:
    """Take back positions that people gave to rows (layer, row), by hand or by geocoder.

    The rows have again what was sent. Raises Invalid when none of them was placed, NotAllowed.
    """
    _may_edit(user, delivery)
    edits = dict(workflow.locked(delivery.pk).options.get("edits", {}))
    placed = [pair for pair in rows if "lon" in edits.get(choices.row_key(*pair), {})]
    if not placed:
        raise Invalid("nothing-chosen", _("Non hai scelto nessuna posizione."))
    for layer, row in placed:
        left = choices.without_place(edits.pop(choices.row_key(layer, row)))
        if left:
            edits[choices.row_key(layer, row)] = left
        details = {"layer": layer, "row": row, "changes": {"lon": None, "lat": None}}
        workflow.record(delivery, "edit", by=user, payload=details)
    intake.recheck(delivery, user=user, options={"edits": edits})


def _may_edit(user: User, delivery: Delivery) -> None:
    if not policies.may_edit(user, delivery):
        raise NotAllowed("not-editable", _("Questa consegna non si può modificare adesso."))


def _question(delivery: Delivery, staged: StagedRow, typed: Mapping[str, Any]) -> str:
    said = {**staged.attributes, **typed}
    return proposals.questions_of(delivery)(said, staged.municipality)


def _staged(delivery: Delivery, layer: str, row: int) -> StagedRow:
    rows = StagedRow.objects.of(delivery).filter(layer=layer, row=row)
    staged: StagedRow | None = rows.select_related("delivery__source__municipality").first()
    if staged is None:
        raise Invalid("no-such-row", _("Questa riga non è nella consegna."))
    return staged
