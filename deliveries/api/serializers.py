"""Shapes of the write API, in and out, as the OpenAPI document shows them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.errors import Invalid
from core.geo import GEOGRAPHIC_SRID
from core.shapes import RequestBody
from deliveries.actions import answers
from deliveries.geocoding.client import configured as geocoder
from deliveries.models import Answer, Delivery, Finding, Proposal, StagedRow
from deliveries.reports import outside, page, proposals
from deliveries.reports.steps import has_report
from deliveries.reports.story import is_working, stage_words, status_of
from deliveries.reports.wording import message_of
from deliveries.states import DeliveryStatus
from deliveries.waiting import place_of
from people.access import KEY
from services.models import ServiceType
from validator import schema
from validator.dataset import Change
from validator.findings import Severity

#: What a column of whole numbers holds; no file has so many rows.
MOST_ROWS = 2**31 - 1
#: What may be decided, and the words for it that programs may also use.
DECISIONS = [*Proposal.Decision.values, "accept", "hold", "refuse"]


class MunicipalityOut(serializers.Serializer[Any]):
    """A comune."""

    istat = serializers.CharField()
    name = serializers.CharField()


class Sender(serializers.Serializer[Any]):
    """The source that a delivery belongs to."""

    slug = serializers.CharField()
    name = serializers.CharField()


class DeliveryOut(serializers.Serializer[Any]):
    """A delivery: where it stands, what was counted, where to go on.

    `municipality` is null where the source is no comune's.
    """

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    turn = serializers.SerializerMethodField()
    meaning = serializers.SerializerMethodField()
    kind = serializers.CharField()
    municipality = MunicipalityOut(source="source.municipality", allow_null=True)
    source = Sender()  # type: ignore[assignment]
    file_name = serializers.CharField()
    file_size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    checked_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    rule_set = serializers.CharField()
    progress = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    valid = serializers.BooleanField(source="is_valid")
    verdict = serializers.SerializerMethodField()
    doubtful_columns = serializers.SerializerMethodField()
    sent_before = serializers.SerializerMethodField()
    error_reference = serializers.CharField()
    receipt = serializers.SerializerMethodField()
    edition = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    def get_turn(self, delivery: Delivery) -> str:
        return status_of(delivery).turn.value

    def get_meaning(self, delivery: Delivery) -> str:
        return str(status_of(delivery).meaning)

    def get_counts(self, delivery: Delivery) -> dict[str, int]:
        return {
            "rows": delivery.row_count,
            "errors": delivery.error_count,
            "warnings": delivery.warning_count,
            "blocked_rows": delivery.blocked_count,
        }

    def get_progress(self, delivery: Delivery) -> dict[str, Any] | None:
        """`queue`: how many are before it and in how many minutes its turn usually comes."""
        if not is_working(delivery):
            return None
        place = None if self.context.get("brief") else place_of(delivery)
        return {
            "stage": delivery.progress_stage,
            "label": str(stage_words(delivery)),
            "done": delivery.progress_done,
            "total": delivery.progress_total,
            "queue": asdict(place) if place else None,
        }

    def get_verdict(self, delivery: Delivery) -> str | None:
        if self.context.get("brief") or not has_report(delivery):
            return None
        return page.verdict(delivery, page.finding_groups(delivery)).sentence

    def get_doubtful_columns(self, delivery: Delivery) -> int:
        asked: int = delivery.outcome.get("doubtful_columns", 0)
        return 0 if delivery.mapping_confirmed_at else asked

    def get_sent_before(self, delivery: Delivery) -> str | None:
        """FIL-11; of the delivery that a file was already, while it is told so."""
        if self.context.get("brief"):
            return None
        again = self.context.get("again", False)
        said = outside.sent_again(delivery) if again else outside.sent_before(delivery)
        return said.message if said else None

    def get_receipt(self, delivery: Delivery) -> dict[str, Any] | None:
        # Sorted here: a list of deliveries has them fetched for all at once.
        found = max(delivery.receipts.all(), key=lambda one: one.at, default=None)
        return {"number": found.number, "at": found.at.isoformat()} if found else None

    def get_edition(self, delivery: Delivery) -> dict[str, Any] | None:
        edition = delivery.edition
        if edition is None:
            return None
        return {"number": edition.number, "published_at": edition.published_at.isoformat()}

    def get_links(self, delivery: Delivery) -> dict[str, str]:
        names = (
            *("findings", "answers", "columns", "rows", "impact", "submit", "publish-again"),
            *("receipt", "messages", "take-over", "withdraw", "review", "publish", "undecide"),
            *(("recheck",) if delivery.kind == Delivery.Kind.FILE else ()),
        )
        here = reverse("api-upload", args=[delivery.pk])
        links = {"self": here, **{name: f"{here}{name}/" for name in names}}
        files = ("json", "xlsx", "gpkg", "pdf")
        links |= {f"report_{kind}": f"{here}report.{kind}" for kind in files}
        links["offered_answers"] = f"{here}answers/offered/"
        if geocoder():
            links["places"] = f"{here}places/"
        if delivery.file:
            links["original"] = f"{here}original/"
        links["page"] = reverse("deliveries:detail", args=[delivery.pk])
        request = self.context.get("request")
        if request is None:
            return links
        return {name: request.build_absolute_uri(url) for name, url in links.items()}


def lonlat(point: Any) -> list[float] | None:
    """A stored point in CRS84, about a tenth of a metre."""
    if point is None:
        return None
    there = point.transform(GEOGRAPHIC_SRID, clone=True)
    assert isinstance(there, Point)
    return [round(there.x, 6), round(there.y, 6)]


class FindingOut(serializers.Serializer[Any]):
    """One finding in words. `position` is [longitude, latitude]."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=[one.value for one in Severity])
    layer = serializers.CharField()
    row = serializers.SerializerMethodField()
    rows = serializers.ListField(child=serializers.IntegerField())
    identifier = serializers.SerializerMethodField()
    column = serializers.CharField()
    value = serializers.SerializerMethodField("found_value")
    expected = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField()
    position = serializers.SerializerMethodField()

    def get_row(self, finding: Finding) -> int | None:
        return finding.rows[0] if len(finding.rows) == 1 else None

    def get_identifier(self, finding: Finding) -> str | None:
        staged: dict[tuple[str, int], StagedRow] = self.context.get("staged", {})
        row = staged.get((finding.layer, finding.rows[0])) if finding.rows else None
        return row.identifier or None if row else None

    def found_value(self, finding: Finding) -> Any:
        return None if finding.code in page.SECRET else finding.params.get("value")

    def get_expected(self, finding: Finding) -> Any:
        return finding.params.get("expected") or finding.params.get("suggestion")

    def get_message(self, finding: Finding) -> str:
        return message_of(finding).message

    def get_fix(self, finding: Finding) -> str:
        return message_of(finding).fix

    def get_position(self, finding: Finding) -> list[float] | None:
        return lonlat(finding.position)


class NewAnswer(RequestBody):
    """The answer to a warning; without rows it is for all rows of the code, without a column for
    all that it speaks of. `right` of ATT-15 says that the cell is a contact of the body."""

    code = serializers.CharField(max_length=8)
    layer = serializers.CharField(max_length=200, allow_blank=True, default="")
    rows = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list)
    column = serializers.CharField(max_length=120, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=Answer.Kind.choices, default=Answer.Kind.RIGHT)
    reason = serializers.CharField(max_length=1000)
    until = serializers.DateField(allow_null=True, default=None)


class AnswerOut(serializers.Serializer[Any]):
    """An answer as given; `cell`: the field that it lets out, of withheld cells."""

    code = serializers.CharField()
    cell = serializers.CharField(allow_blank=True)
    kind = serializers.CharField()
    reason = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    fingerprint = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class SubmissionIn(RequestBody):
    """What goes with a submission (DOC rules); a confirmation needs only the contact."""

    act = serializers.CharField(max_length=300, allow_blank=True, allow_null=True, default="")
    act_date = serializers.DateField(allow_null=True, default=None)
    reference_date = serializers.DateField(allow_null=True, default=None)
    contact_name = serializers.CharField(
        max_length=150, allow_blank=True, allow_null=True, default=""
    )
    contact_email = serializers.EmailField(allow_blank=True, allow_null=True, default="")
    only_correct_rows = serializers.BooleanField(default=False)
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=8),
        default=list,
        help_text="Codici degli avvisi confermati (DOC-02, DOC-04)",
    )


def _degrees(changes: Mapping[str, str | None]) -> dict[str, float]:
    """The position among the changes as numbers. Raises ValidationError when it is none."""
    place = [text for name in ("lon", "lat") if (text := changes.get(name))]
    if len(place) == 1:
        raise serializers.ValidationError(_("Longitudine e latitudine vanno insieme."))
    try:
        return answers.place_of(*place) if place else {}
    except Invalid as error:
        raise serializers.ValidationError(str(error.message)) from error


class RowEdit(RequestBody):
    """Cells of a row by schema field, the type (`kind`) or the position (`lon`, `lat`)."""

    layer = serializers.CharField(max_length=200, allow_blank=True, default="")
    row = serializers.IntegerField(min_value=1, max_value=MOST_ROWS)
    changes = serializers.DictField(
        child=serializers.CharField(
            max_length=schema.TYPED_CHARACTERS, allow_blank=True, allow_null=True
        ),
        allow_empty=False,
    )

    def validate_changes(self, changes: dict[str, str | None]) -> dict[str, Any]:
        """Only what a check can do something with: anything else would stop it."""
        if unknown := sorted(changes.keys() - {*schema.NAMES, "kind", "lon", "lat"}):
            raise serializers.ValidationError(
                _("Non c'è un campo «%(name)s».") % {"name": unknown[0][:80]}
            )
        kind = changes.get("kind")
        if kind and not ServiceType.objects.filter(pk=kind).exists():
            raise serializers.ValidationError(_("Scegli un tipo dall'elenco."))
        return {**changes, **_degrees(changes)}


class ProposalOut(serializers.Serializer[Any]):
    """A difference against the edition in force, and what was decided on it."""

    proposal = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    decision = serializers.CharField()
    reason = serializers.CharField(source="reason_code")
    note = serializers.CharField()
    row = serializers.SerializerMethodField()
    layer = serializers.SerializerMethodField()
    identifier = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    type = serializers.SerializerMethodField()
    changes = serializers.JSONField()
    distance_m = serializers.FloatField(allow_null=True)
    linked_by = serializers.CharField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_row(self, proposal: Proposal) -> int | None:
        return proposal.staged_row.row if proposal.staged_row else None

    def get_layer(self, proposal: Proposal) -> str | None:
        return proposal.staged_row.layer if proposal.staged_row else None

    def get_identifier(self, proposal: Proposal) -> str:
        row, item = proposal.staged_row, proposal.item
        return (row.identifier if row else "") or (item.key if item else "")

    def get_name(self, proposal: Proposal) -> str:
        row, record = proposal.staged_row, proposals.record_of(proposal)
        return (row.name if row else "") or (record.name if record else "")

    def get_type(self, proposal: Proposal) -> str | None:
        row, record = proposal.staged_row, proposals.record_of(proposal)
        return (row.kind if row else "") or (record.kind_id if record else None) or None

    def get_before(self, proposal: Proposal) -> list[float] | None:
        record = proposals.record_of(proposal)
        return lonlat(record.point) if record else None

    def get_after(self, proposal: Proposal) -> list[float] | None:
        return lonlat(proposal.staged_row.point) if proposal.staged_row else None


class _Decided(RequestBody):
    """What is decided; `reason` is one of the codes, any other text becomes the note."""

    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=1000, allow_blank=True, default="")
    note = serializers.CharField(max_length=1000, allow_blank=True, default="")


class DecisionIn(_Decided):
    """A decision on one difference."""

    proposal = serializers.IntegerField(min_value=1, max_value=KEY)


class BulkDecisionIn(_Decided):
    """A decision on all differences that a rule names."""

    rule = serializers.ChoiceField(choices=list(proposals.RULE_WORDS))


class ActionNote(RequestBody):
    """A note that goes with an act."""

    note = serializers.CharField(max_length=4000, allow_blank=True, default="")


class ColumnChoices(RequestBody):
    """layer -> column -> field of the schema, or null for a column kept aside."""

    layers = serializers.DictField(
        child=serializers.DictField(
            child=serializers.ChoiceField(choices=schema.NAMES, allow_null=True)
        )
    )


COLUMNS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {
            "type": "string",
            "nullable": True,
            "enum": [*schema.NAMES, None],
        },
    },
}


class AcceptedChange(RequestBody):
    """A proposed repair taken: the shape of one row, or the accents of the whole file."""

    what = serializers.ChoiceField(choices=("repair", "mojibake"))
    layer = serializers.CharField(max_length=200, allow_blank=True, required=False)
    row = serializers.IntegerField(min_value=1, max_value=MOST_ROWS, required=False)


class Choices(RequestBody):
    """What may be chosen before checking again; what is left out stays as it was."""

    crs = serializers.DictField(
        child=serializers.IntegerField(min_value=1024, max_value=32767), required=False
    )
    layers = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    undone = serializers.ListField(
        child=serializers.ChoiceField(choices=[change.value for change in Change]), required=False
    )
    accepted = AcceptedChange(many=True, required=False)
