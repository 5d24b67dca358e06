"""Who may do what with a delivery: pure predicates; visibility of rows is
`DeliveryQuerySet.for_user`."""

from deliveries.leases import MAX_DEATHS
from deliveries.models import Delivery
from deliveries.senders import Sender, principal_of
from deliveries.states import ON_DESK, UNDOING, DeliveryStatus, Verb, target
from people.models import DelegationScope
from people.policies import Person, is_consultant, is_operator, is_reviewer

EDITABLE = (DeliveryStatus.CHECKED, DeliveryStatus.RETURNED)


def may_upload(user: Person, sender: Sender) -> bool:
    """Work for the comune or body at all: operators, and consultants whom it delegated."""
    principal = principal_of(sender)
    return is_operator(user, principal) or is_consultant(user, principal)


def may_deliver(user: Person, sender: Sender) -> bool:
    """Send files: operators, and consultants whose delegation says so."""
    principal = principal_of(sender)
    return is_operator(user, principal) or is_consultant(user, principal, DelegationScope.DELIVER)


def may_mend(user: Person, delivery: Delivery) -> bool:
    """Change what a check is made with: operators, and consultants whose delegation says so."""
    principal = delivery.source.principal
    return is_operator(user, principal) or is_consultant(user, principal, DelegationScope.MEND)


def may_edit(user: Person, delivery: Delivery) -> bool:
    """Answer findings, mend rows, choose columns; while it is in the sender's hands."""
    editable = delivery.status in EDITABLE and may_mend(user, delivery)
    return editable and not is_undoing(delivery, Verb.REOPEN)


def may_recheck(user: Person, delivery: Delivery, *, choosing: bool) -> bool:
    """Check again; after our own failure, with the same choices, whoever works for the sender.

    A file on which a reader of ours broke is kept, and may be read once more.
    """
    broken = delivery.status == DeliveryStatus.UNREADABLE and bool(delivery.file)
    if delivery.status != DeliveryStatus.FAILED and not broken:
        return may_edit(user, delivery)
    return may_mend(user, delivery) if choosing else may_upload(user, delivery.source)


def has_killed(delivery: Delivery) -> bool:
    """Whether its check ended the life of so many workers that it is not begun again."""
    return delivery.status == DeliveryStatus.FAILED and delivery.deaths >= MAX_DEATHS


def may_retry(user: Person, delivery: Delivery) -> bool:
    """Ask for the failed check once more: while there is a file, and it did not kill."""
    worth = bool(delivery.file) and not has_killed(delivery)
    return worth and may_recheck(user, delivery, choosing=False)


def may_submit(user: Person, delivery: Delivery) -> bool:
    """Only an operator of the comune or body sends; a consultant prepares."""
    return is_operator(user, delivery.source.principal)


def may_withdraw(user: Person, delivery: Delivery) -> bool:
    return is_operator(user, delivery.source.principal)


def is_possible(delivery: Delivery, verb: Verb) -> bool:
    """Whether the delivery is in a state from which this can be done."""
    return target(delivery.status, verb) is not None and not is_undoing(delivery, verb)


def may_be_superseded(delivery: Delivery) -> bool:
    """Whether a new file of its sender takes its place.

    On the desk only of what is published in part, because that cannot be withdrawn: the new file
    stands for the rest. What is about to be published is waited for, unless that failed.
    """
    if target(delivery.status, Verb.SUPERSEDE) is None:
        return False
    if delivery.status == DeliveryStatus.DECIDED and not delivery.error_reference:
        return False
    return delivery.status not in ON_DESK or delivery.has_published_part


def is_undoing(delivery: Delivery, verb: Verb) -> bool:
    """Whether it would take back or rewrite a delivery of which a part is published."""
    return verb in UNDOING and delivery.has_published_part


def may_review(user: Person, delivery: Delivery) -> bool:
    """The office, on what was submitted."""
    return is_reviewer(user) and delivery.submitted_at is not None


def may_write(user: Person, delivery: Delivery) -> bool:
    """Take part in the thread of a delivery."""
    return may_upload(user, delivery.source) or may_review(user, delivery)
