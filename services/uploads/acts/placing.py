"""Positions that a geocoder proposes: asking about a row or many, taking one, taking it back.

A position is only ever taken by a person; taking it is a mend like placing the row by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services.uploads import policies, tasks, workflow
from services.uploads.acts import answers, intake
from services.uploads.checking import choices
from services.uploads.geocoding import client, proposals, search
from services.uploads.geocoding.kinds import ACCURACY
from services.uploads.models import PlaceProposal, PlaceSearch, StagedRow, Upload
from zones.errors import Invalid, NotAllowed
from zones.models import User


@dataclass(frozen=True)
class Taken:
    """The choice of a person: of that row, the candidate with that number, from 0."""

    layer: str
    row: int
    candidate: int


def propose(
    upload: Upload,
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
    _may_edit(user, upload)
    staged = _staged(upload, layer, row)
    question = proposals.question_of({**staged.attributes, **(typed or {})}, upload.municipality)
    return proposals.propose(geocoder, staged, question, patience=client.PATIENCE_SECONDS)


def propose_all(upload: Upload, *, user: User) -> PlaceSearch:
    """Have a worker ask about the rows that have an address and no position, a bounded number.

    Raises NotFound without a geocoder, NotAllowed.
    """
    client.required()
    _may_edit(user, upload)
    with transaction.atomic():
        found = search.begin(upload, by=user)
        if found.ended_at is None:
            tasks.find_places.delay_on_commit(str(upload.pk))
    return found


def mended(
    upload: Upload, taken: Taken, *, typed: Mapping[str, Any] | None = None
) -> answers.Mended:
    """The mend that a chosen candidate means: position, accuracy, and where they come from.

    Raises Invalid when it was not proposed, or was for another address than the row has now.
    """
    staged = _staged(upload, taken.layer, taken.row)
    question = proposals.question_of({**staged.attributes, **(typed or {})}, upload.municipality)
    kept = PlaceProposal.objects.filter(
        upload=upload, layer=taken.layer, row=taken.row, question=question
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


def take(upload: Upload, *, user: User, taken: Sequence[Taken]) -> None:
    """Take proposed positions, each as the person chose it; one check for all.

    Raises Invalid when nothing was chosen or a choice does not hold, NotAllowed.
    """
    _may_edit(user, upload)
    if not taken:
        raise Invalid("nothing-chosen", _("Non hai scelto nessuna posizione."))
    answers.mend(upload, user=user, rows=[mended(upload, one) for one in taken])


@transaction.atomic
def take_back(upload: Upload, *, user: User, rows: Sequence[tuple[str, int]]) -> None:
    """Take back positions that people gave to rows (layer, row), by hand or by geocoder.

    The rows have again what was sent. Raises Invalid when none of them was placed, NotAllowed.
    """
    _may_edit(user, upload)
    edits = dict(workflow.locked(upload.pk).options.get("edits", {}))
    placed = [pair for pair in rows if "lon" in edits.get(choices.row_key(*pair), {})]
    if not placed:
        raise Invalid("nothing-chosen", _("Non hai scelto nessuna posizione."))
    for layer, row in placed:
        left = choices.without_place(edits.pop(choices.row_key(layer, row)))
        if left:
            edits[choices.row_key(layer, row)] = left
        told = {"layer": layer, "row": row, "changes": {"lon": None, "lat": None}}
        workflow.record(upload, "edit", by=user, payload=told)
    intake.recheck(upload, user=user, options={"edits": edits})


def _may_edit(user: User, upload: Upload) -> None:
    if not policies.may_edit(user, upload):
        raise NotAllowed("not-editable", _("Questa consegna non si può modificare adesso."))


def _staged(upload: Upload, layer: str, row: int) -> StagedRow:
    rows = StagedRow.objects.of(upload).filter(layer=layer, row=row)
    staged: StagedRow | None = rows.select_related("upload__municipality").first()
    if staged is None:
        raise Invalid("no-such-row", _("Questa riga non è nella consegna."))
    return staged
