"""What deliveries give up: after its period (`people.retention`), and of a person who is to be
forgotten."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _

from deliveries import forgetting, leases, workflow
from deliveries.models import Delivery, PlaceSearch, Receipt
from deliveries.querysets import SUBJECT_KIND
from deliveries.states import DRAFT, FINAL, DeliveryStatus, Verb
from notices.models import Event
from people.addresses import addresses_of
from people.models import User

#: Deliveries that led to nothing: a published part is what something published comes from.
_ENDED = Q(status__in=(DeliveryStatus.WITHDRAWN, DeliveryStatus.SUPERSEDED), edition__isnull=True)
_PUBLISHED = Q(status__in=FINAL, edition__isnull=False)
#: Findings last: they are counted.
_FOUND = ("deliveries_placeproposal", "deliveries_proposal", "deliveries_stagedrow",
          "deliveries_finding")  # fmt: skip
_CONTACT = {"contact_name": "", "contact_email": ""}


def forget_files(limit: dt.datetime) -> int:
    """Delete the files of deliveries that led to nothing; name, size and hash stay."""
    ended = Delivery.objects.filter(_ENDED, updated_at__lt=limit).exclude(file="")
    for delivery in ended:
        delivery.file.delete(save=False)
        Delivery.objects.filter(pk=delivery.pk).update(file="")
    return len(ended)


def withdraw_drafts(limit: dt.datetime) -> int:
    """Withdraw what was never sent and nobody touched since `limit`: answers, messages and
    searches do not change the delivery itself."""
    logged = Event.objects.about(SUBJECT_KIND, OuterRef("pk")).filter(at__gte=limit)
    searched = PlaceSearch.objects.filter(delivery=OuterRef("pk"), asked_at__gte=limit)
    drafts = Delivery.objects.filter(
        ~Exists(logged),
        ~Exists(searched),
        status__in=DRAFT,
        submitted_at=None,
        edition=None,
        updated_at__lt=limit,
    )
    note = _("Mai inviata: ritirata perché nessuno l'ha più toccata.")
    for delivery in drafts:
        workflow.move(delivery, Verb.WITHDRAW, note=note, **leases.freed())
    return len(drafts)


def forget_rows(limit: dt.datetime) -> int:
    """Delete the rows of deliveries that led to nothing; of how many."""
    return forgetting.forget_rows(_ENDED, limit)


def forget_published_rows(limit: dt.datetime) -> int:
    """Delete the rows of deliveries that were published, whole or in part, and ended before
    `limit`; of how many."""
    return forgetting.forget_rows(_PUBLISHED | Q(status=DeliveryStatus.PUBLISHED), limit)


def forget_findings(limit: dt.datetime) -> int:
    """Delete findings, and what is left of rows and proposals, of deliveries that led to nothing;
    how many findings."""
    return _forget_findings(Q(_ENDED, updated_at__lt=limit))


def forget_published_findings(limit: dt.datetime) -> int:
    """The same of deliveries that were published before `limit`, but for each source's last one,
    whose open questions stand in its package."""
    last = Delivery.objects.filter(_PUBLISHED).order_by().values("source")
    newest = last.annotate(last=Max("created_at")).values("last")
    old = Q(_PUBLISHED, edition__published_at__lt=limit, updated_at__lt=limit)
    return _forget_findings(old & ~Q(created_at__in=newest))


def _forget_findings(which: Q) -> int:
    """In SQL: the ORM would load every row to look for what hangs on it."""
    found = list(Delivery.objects.filter(which).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for table in _FOUND:
            cursor.execute(f"DELETE FROM {table} WHERE delivery_id = ANY (%s)", [found])  # noqa: S608
        return int(cursor.rowcount)


def forget_contacts(limit: dt.datetime) -> int:
    """Empty who could be asked about deliveries that ended before `limit`, on receipts too."""
    over = Delivery.objects.filter(status__in=FINAL, updated_at__lt=limit)
    receipts = Receipt.objects.filter(delivery__in=over).exclude(**_CONTACT)
    return receipts.update(**_CONTACT) + over.exclude(**_CONTACT).update(**_CONTACT)


def forget_person(user: User) -> Sequence[tuple[str, int]]:
    """Empty the contact of deliveries and receipts that give this person as such."""
    theirs = Q()
    for address in addresses_of(user):
        theirs |= Q(contact_email__iexact=address)
    if user.name:
        theirs |= Q(contact_name__iexact=user.name)
    found = [model.objects.filter(theirs).update(**_CONTACT) for model in (Delivery, Receipt)]
    return [("referenti di consegne e ricevute cancellati", sum(found))]
