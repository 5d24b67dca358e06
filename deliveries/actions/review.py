"""Submission and review: sending, taking, deciding row by row, sending back, closing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Invalid, NotAllowed, WrongState
from deliveries import leases, policies, workflow, works
from deliveries.checks.submission import SubmissionStatement, must_be_good
from deliveries.models import Delivery, Proposal, Receipt
from deliveries.publishing.compare import is_compared, propose
from deliveries.selectors import bulk_selection
from deliveries.states import DeliveryStatus, Verb
from notices.actions import MESSAGE
from people.models import User
from validator.rules.personal import is_personal

Decided = Proposal.Decision

#: Reasons an office may give for a refusal or a hold; the words are in the review page.
REASONS = (
    "not_supra",
    "duplicate",
    "wrong_place",
    "wrong_type",
    "not_enough",
    "other_competence",
    "other",
)
#: What a receipt keeps of its delivery, which may change afterwards.
ON_RECEIPT = ("sha256", "row_count", "blocked_count", "act", "act_date", "reference_date",
              "contact_name", "contact_email")  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """What the reviewer says of one proposal."""

    proposal: int
    decision: str
    reason_code: str = ""
    note: str = ""


@transaction.atomic
def submit(delivery: Delivery, *, user: User, statement: SubmissionStatement) -> Receipt:
    """Send a checked delivery to the office; the receipt is its proof.

    Raises NotAllowed for a consultant, Invalid with what the DOC rules say and nobody confirmed,
    WrongState when something blocks.
    """
    if not policies.may_submit(user, delivery):
        raise NotAllowed(
            "not-operator",
            _("Un consulente prepara la consegna; la invia un operatore."),
        )
    workflow.locked(delivery.pk)
    delivery.refresh_from_db()
    _must_be_sendable(delivery, statement)
    if is_personal(statement.act):
        text = _("L'atto viene pubblicato: togli telefoni, e-mail private, IBAN, codici fiscali.")
        raise Invalid("act-personal", text)
    findings = must_be_good(delivery, statement)
    now = timezone.now()
    workflow.move(
        delivery,
        Verb.SUBMIT,
        by=user,
        act=statement.act.strip(),
        act_date=statement.act_date,
        reference_date=statement.reference_date,
        contact_name=statement.contact_name.strip(),
        contact_email=statement.contact_email.strip(),
        submitted_at=now,
        submitted_by=user,
    )
    if not is_compared(delivery):
        propose(delivery)
    return _receipt(delivery, user, findings)


def _must_be_sendable(delivery: Delivery, statement: SubmissionStatement) -> None:
    if delivery.status != DeliveryStatus.CHECKED:
        raise WrongState(
            "wrong-state",
            _("La consegna è «%(state)s»: non si può inviare adesso.")
            % {"state": delivery.get_status_display()},
        )
    if delivery.outcome.get("file_blocked"):
        raise WrongState(
            "blocked", _("Un errore riguarda tutto il file: va corretto prima di inviare.")
        )
    if delivery.outcome.get("doubtful_columns") and not delivery.mapping_confirmed_at:
        raise WrongState(
            "columns-doubtful", _("Conferma prima le colonne dubbie in «Cosa abbiamo capito».")
        )
    if delivery.outcome.get("mandatory_not_run"):
        raise WrongState(
            "not-run", _("Un controllo obbligatorio non è stato eseguito: rifai il controllo.")
        )
    if delivery.blocked_count and not statement.only_correct_rows:
        raise WrongState(
            "rows-blocked",
            ngettext(
                "%(n)s riga ha errori: correggila, oppure scegli «Invia le righe corrette».",
                "%(n)s righe hanno errori: correggile, oppure scegli «Invia le righe corrette».",
                delivery.blocked_count,
            )
            % {"n": number_format(delivery.blocked_count)},
        )
    if delivery.kind == Delivery.Kind.FILE and delivery.blocked_count >= delivery.row_count:
        raise WrongState("no-rows", _("Nessuna riga si può inviare: correggi almeno un errore."))


def _receipt(delivery: Delivery, user: User, findings: list[dict[str, Any]]) -> Receipt:
    year = timezone.localdate().year
    turn = delivery.receipts.count() + 1
    sender = delivery.source.municipality_id or f"F{delivery.source_id:05d}"
    number = f"{year}-{sender}-{delivery.pk.hex[:6]}-{turn}"
    content = {name: getattr(delivery, name) for name in ON_RECEIPT}
    return Receipt.objects.create(
        delivery=delivery, number=number, by=user, findings=findings, **content
    )


def _may_review(user: User, delivery: Delivery) -> None:
    if not policies.may_review(user, delivery):
        raise NotAllowed("not-reviewer", _("L'istruttoria è dell'ufficio metropolitano."))


def take(delivery: Delivery, *, user: User) -> None:
    """Begin the review of a submitted delivery, under one's own name."""
    _may_review(user, delivery)
    workflow.move(delivery, Verb.TAKE, by=user, reviewer=user)


@transaction.atomic
def decide(delivery: Delivery, *, user: User, decisions: Iterable[Decision]) -> int:
    """Write decisions on proposals of a delivery in review;
    how many. A refusal or a hold needs a reason."""
    _must_be_in_review(delivery, user)
    wanted = {one.proposal: one for one in decisions}
    # As many statements as there are answers: a page decides alike on all that it chose.
    alike: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in wanted.values():
        _check_reason(one.decision, one.reason_code, one.note)
        alike[one.decision, one.reason_code, one.note.strip()].append(one.proposal)
    open_ones = delivery.proposals.filter(published_in__isnull=True)
    now, decided = timezone.now(), 0
    for (decision, reason_code, note), keys in alike.items():
        decided += open_ones.filter(pk__in=keys).update(
            decision=decision, reason_code=reason_code, note=note, by=user, at=now
        )
    if decided != len(wanted):
        raise Invalid(
            "no-such-proposal", _("Qualche proposta non è di questa consegna o è già pubblicata.")
        )
    workflow.record(delivery, "decide_rows", by=user, payload={"rows": decided})
    return decided


def _must_be_in_review(delivery: Delivery, user: User) -> None:
    _may_review(user, delivery)
    current = workflow.locked(delivery.pk)
    if current.status != DeliveryStatus.IN_REVIEW:
        raise WrongState(
            "wrong-state",
            _("La consegna è «%(state)s»: prendila in carico prima di decidere.")
            % {"state": current.get_status_display()},
            state=current.status,
        )


def _check_reason(decision: str, reason_code: str, note: str) -> None:
    if decision not in Decided.values:
        raise Invalid(
            "decision", _("Le decisioni possibili sono: accettato, in sospeso, rifiutato.")
        )
    if decision in (Decided.REFUSED, Decided.HELD):
        if reason_code not in REASONS:
            raise Invalid(
                "reason-missing", _("Un rifiuto o una sospensione ha bisogno di un motivo.")
            )
        if reason_code == "other" and not note.strip():
            raise Invalid("note-missing", _("Scrivi il motivo, perché chi consegna possa capire."))


@transaction.atomic
def decide_in_bulk(
    delivery: Delivery,
    *,
    user: User,
    rule: str,
    decision: str,
    reason_code: str = "",
    note: str = "",
) -> int:
    """Decide all undecided proposals of a rule at once; how many."""
    _must_be_in_review(delivery, user)
    _check_reason(decision, reason_code, note)
    changed = bulk_selection(delivery, rule).update(
        decision=decision, reason_code=reason_code, note=note.strip(), by=user, at=timezone.now()
    )
    workflow.record(delivery, "decide_bulk", by=user, note=rule, payload={"rows": changed})
    return changed


def last_batch(delivery: Delivery, user: User) -> "QuerySet[Proposal]":
    """What the person decided last on this delivery, in one go; `undo` puts it back."""
    mine = delivery.proposals.filter(by=user, published_in__isnull=True)
    latest = mine.aggregate(at=Max("at"))["at"]
    return mine.filter(at=latest) if latest else mine.none()


@transaction.atomic
def undo(delivery: Delivery, *, user: User) -> int:
    """Make the person's last decisions wait again; how many. Once more takes the ones before."""
    _must_be_in_review(delivery, user)
    undone = last_batch(delivery, user).update(
        decision=Decided.PENDING, reason_code="", note="", by=None, at=None
    )
    if not undone:
        raise Invalid("nothing-to-undo", _("Non hai decisioni da annullare."))
    workflow.record(delivery, "undo_rows", by=user, payload={"rows": undone})
    return undone


@transaction.atomic
def send_back(delivery: Delivery, *, user: User, note: str) -> None:
    """Return the delivery to its sender with what is asked of it; a decided one when its
    publication failed."""
    _may_review(user, delivery)
    if not note.strip():
        raise Invalid("note-missing", _("Scrivi che cosa deve fare chi consegna."))
    current = workflow.locked(delivery.pk)
    if current.status == DeliveryStatus.DECIDED and not current.error_reference:
        raise WrongState(
            "about-to-be-published",
            _("La pubblicazione sta per partire: riapri prima l'istruttoria."),
        )
    workflow.move(
        delivery, Verb.SEND_BACK, by=user, note=note.strip(), error_reference="", **leases.freed()
    )


@transaction.atomic
def close(delivery: Delivery, *, user: User) -> None:
    """End the review and publish what was accepted; everything must have been looked at."""
    _may_review(user, delivery)
    turn = workflow.locked(delivery.pk).turn
    pending = delivery.proposals.filter(decision=Decided.PENDING).count()
    if pending:
        left = ngettext(
            "Resta %(n)s proposta da decidere.", "Restano %(n)s proposte da decidere.", pending
        )
        raise WrongState("undecided", left % {"n": number_format(pending)}, pending=pending)
    _enqueue(delivery, Verb.DECIDE, user=user, turn=turn)


def _enqueue(delivery: Delivery, verb: Verb, *, user: User, turn: int) -> None:
    """Have it published, with all its attempts; `turn`: its last one."""
    workflow.move(delivery, verb, by=user, error_reference="", deaths=0, **leases.queued(turn))
    works.PUBLISH.send_after_commit(delivery.pk, delivery.turn)


@transaction.atomic
def publish_again(delivery: Delivery, *, user: User) -> None:
    """Have a publication that failed through our fault tried again now, with all its attempts."""
    _may_review(user, delivery)
    current = workflow.locked(delivery.pk)
    if current.status == DeliveryStatus.DECIDED and not current.error_reference:
        raise WrongState("not-failed", _("La pubblicazione sta già per partire."))
    _enqueue(delivery, Verb.PUBLISH_AGAIN, user=user, turn=current.turn)


@transaction.atomic
def undecide(delivery: Delivery, *, user: User) -> None:
    """Take the decision back: the delivery is in review again, with its proposals as decided."""
    _may_review(user, delivery)
    workflow.move(delivery, Verb.UNDECIDE, by=user, error_reference="", **leases.freed())


def message(delivery: Delivery, *, user: User, text: str) -> None:
    """Write in the thread that the sender and the office share."""
    if not policies.may_write(user, delivery):
        raise NotAllowed("not-yours", _("Non puoi scrivere in questa consegna."))
    if not text.strip():
        raise Invalid("text-missing", _("Il messaggio è vuoto."))
    workflow.record(delivery, MESSAGE, by=user, note=text.strip())
