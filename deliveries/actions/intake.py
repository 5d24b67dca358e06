"""A received file becomes a delivery; also confirming
without a file, checking again, taking over, withdrawing."""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError, Invalid, NotAllowed, TooLarge, WrongState
from deliveries import leases, policies, workflow, works
from deliveries.checks import choices
from deliveries.models import Delivery
from deliveries.publishing.compare import edition_in_force
from deliveries.senders import Sender, source_of
from deliveries.states import FINAL, DeliveryStatus, Verb
from people.models import User
from services.models import Source
from validator.interpreting.crs import known

_CHUNK = 1024 * 1024
#: Characters of an Idempotency-Key.
MOST_KEY = 80


@dataclass(frozen=True)
class Received:
    """The delivery, and whether it was there already
    (the same bytes sent twice change nothing)."""

    delivery: Delivery
    duplicate: bool


def receive(
    user: User,
    *,
    sender: Sender,
    file: "File[bytes]",
    idempotency_key: str = "",
    take_over: bool = False,
) -> Received:
    """Store a file as a delivery of the sender and enqueue its check.

    Raises NotAllowed, TooLarge (413), WrongState when another delivery of the sender is open and
    may not be replaced by this one, Invalid and DomainError for a key that is too long or was
    used for something else.
    """
    _may(user, sender)
    _must_fit(idempotency_key)
    check_size(file)
    digest = _digest(file)
    source = source_of(sender)
    # What is known, or not taken, is told before anything is stored, and asked again in its turn.
    if (known := _known(source, digest, user, idempotency_key)) is not None:
        return Received(known, duplicate=True)
    if (current := source.deliveries.open().first()) is not None:
        _must_be_replaceable(current, user, take_over=take_over)
    new = Delivery(
        source=source,
        by=user,
        file_name=clean_name(file.name),
        file_size=file.size,
        sha256=digest,
        idempotency_key=idempotency_key,
    )
    # Stored first: while a store is slow nobody waits for a row, nor the database for us.
    new.file.save("original", file, save=False)
    try:
        return _take_in(new, take_over=take_over)
    except IntegrityError as error:
        raise WrongState(
            "open-delivery",
            _("Un'altra consegna di %(sender)s è appena arrivata.") % {"sender": source.sender},
        ) from error


def _take_in(new: Delivery, *, take_over: bool) -> Received:
    """A stored file becomes a delivery when its turn comes; otherwise nothing of it stays."""
    source, user = new.source, new.by
    with ExitStack() as unless_kept:
        unless_kept.callback(new.file.delete, save=False)
        with transaction.atomic():
            # The source's row is the queue: two files of one sender are taken one after the other.
            Source.objects.select_for_update().get(pk=source.pk)
            known = _known(source, new.sha256, user, new.idempotency_key)
            if known is not None:
                return Received(known, duplicate=True)
            of_its_turn = {
                "supersedes": _replace_open(source, user, take_over=take_over),
                "base_edition": edition_in_force(new),
                "created_at": timezone.now(),
                **leases.queued(0),
            }
            for name, value in of_its_turn.items():
                setattr(new, name, value)
            new.save(force_insert=True)
            workflow.record(new, "receive", by=user, from_status=DeliveryStatus.RECEIVED)
            works.CHECK.send_after_commit(new.pk, new.turn)
            # From here on a row may know of it, whatever we hear of the commit.
            unless_kept.pop_all()
    return Received(new, duplicate=False)


def _may(user: User, sender: Sender) -> None:
    if not policies.may_upload(user, sender):
        raise NotAllowed(
            "not-your-municipality",
            _("Puoi consegnare solo per i Comuni e gli enti dei tuoi mandati."),
        )
    if not policies.may_deliver(user, sender):
        raise NotAllowed(
            "outside-delegation", _("La tua delega non comprende la consegna di file.")
        )


def check_size(file: "File[bytes]") -> None:
    """Raises TooLarge over the installation's limit, Invalid when there is nothing in it."""
    if file.size and file.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise TooLarge(
            "FIL-02",
            _(
                "Il file pesa %(size).1f MB; il limite è %(limit)d MB. "
                "Togli gli strati e gli allegati che non servono."
            )
            % {"size": file.size / 1024 / 1024, "limit": limit},
        )
    if not file.size:
        raise Invalid("empty-file", _("Il file è vuoto: esportalo di nuovo e riprova."))


def _digest(file: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _must_fit(key: str) -> None:
    """A key cut short would be another request's."""
    if len(key) > MOST_KEY:
        raise Invalid(
            "idempotency-key", _("L'Idempotency-Key ha al più %(n)d caratteri.") % {"n": MOST_KEY}
        )


def _known(source: Source, digest: str, user: User, key: str) -> Delivery | None:
    """The same request again, the same bytes in the open delivery, or in the last published
    one. Raises DomainError for another request under the same key."""
    keyed = Delivery.objects.filter(by=user, idempotency_key=key).exclude(
        status=DeliveryStatus.WITHDRAWN
    )
    again: Delivery | None = keyed.first() if key else None
    if again is not None:
        if (again.source_id, again.sha256) != (source.pk, digest):
            raise DomainError(
                "idempotency-key-used",
                _("Con questa Idempotency-Key hai già mandato un altro file: usane una nuova."),
                delivery=str(again.pk),
            )
        return again
    last: Delivery | None = source.deliveries.exclude(
        status__in=(DeliveryStatus.WITHDRAWN, DeliveryStatus.SUPERSEDED)
    ).first()
    if (
        last is None
        or last.sha256 != digest
        or last.status in (DeliveryStatus.UNREADABLE, DeliveryStatus.FAILED)
    ):
        return None
    if last.status == DeliveryStatus.PUBLISHED and last.edition_id != getattr(
        edition_in_force(last), "pk", None
    ):
        return None
    return last


def _replace_open(source: Source, user: User, *, take_over: bool) -> Delivery | None:
    """The open delivery, in whose place a new one comes; of one that is published in part what is
    published stays. Raises WrongState."""
    current: Delivery | None = source.deliveries.open().select_for_update(of=("self",)).first()
    if current is None:
        return None
    _must_be_replaceable(current, user, take_over=take_over)
    workflow.move(current, Verb.SUPERSEDE, by=user, **leases.freed())
    return current


def _must_be_replaceable(current: Delivery, user: User, *, take_over: bool) -> None:
    if not policies.may_be_superseded(current):
        words = _("C'è già una consegna %(state)s: aspetta che si concluda, oppure ritirala.")
        if not policies.is_possible(current, Verb.WITHDRAW):
            words = _("C'è già una consegna %(state)s: riprova fra qualche minuto.")
        state = {"state": current.get_status_display()}
        raise WrongState("open-delivery", words % state, delivery=str(current.pk))
    if current.by_id != user.pk and not take_over:
        raise WrongState(
            "open-delivery",
            _("%(who)s ha già una consegna aperta per %(sender)s. Puoi prenderla in carico tu.")
            % {"who": current.by, "sender": current.source.sender},
            delivery=str(current.pk),
        )


def clean_name(name: str | None) -> str:
    """The file's own name, without folders or control characters, as people will read it."""
    last = (name or "file").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-255:] or "file"


@transaction.atomic
def confirm_unchanged(user: User, *, sender: Sender) -> Delivery:
    """Open a submission that says: nothing changed since the edition in force."""
    _may(user, sender)
    source = source_of(sender)
    Source.objects.select_for_update().get(pk=source.pk)
    edition = source.editions.order_by("-number").first()
    if edition is None:
        raise WrongState(
            "nothing-in-force", _("Non c'è ancora nulla da confermare: consegna un file.")
        )
    _replace_open(source, user, take_over=False)
    delivery = Delivery.objects.create(
        source=source,
        by=user,
        kind=Delivery.Kind.CONFIRMATION,
        status=DeliveryStatus.CHECKED,
        base_edition=edition,
        is_valid=True,
    )
    workflow.record(delivery, "receive", by=user, from_status=DeliveryStatus.CHECKED)
    return delivery


def recheck(delivery: Delivery, *, user: User, options: dict[str, Any] | None = None) -> None:
    """Check again, with choices merged into the delivery's
    options (layers, crs, columns, undone, edits)."""
    if not policies.may_recheck(user, delivery, choosing=bool(options)):
        raise NotAllowed("not-editable", _("Questa consegna non si può modificare adesso."))
    _must_be_known(delivery, options or {})
    with transaction.atomic():
        current = workflow.locked(delivery.pk)
        _must_be_worth_it(current)
        merged = {**current.options, **(options or {})}
        if delivery.status == DeliveryStatus.RETURNED:
            workflow.move(delivery, Verb.REOPEN, by=user)
        workflow.move(
            delivery,
            Verb.RECHECK,
            by=user,
            options=merged,
            progress_stage="",
            **leases.queued(current.turn),
        )
        works.CHECK.send_after_commit(delivery.pk, delivery.turn)


def _must_be_worth_it(delivery: Delivery) -> None:
    """Raises WrongState for a file that is never checked again, and where there never was one."""
    if delivery.kind == Delivery.Kind.CONFIRMATION:
        text = _("In una conferma non c'è un file da controllare: ritirala o conferma di nuovo.")
        raise WrongState("no-file", text)
    if policies.has_killed(delivery):
        text = _(
            "Il controllo di questo file si è interrotto due volte in modo grave: non lo "
            "riproviamo. L'ufficio è avvisato (riferimento %(ref)s). Manda un altro file."
        )
        reference = delivery.error_reference
        raise WrongState("given-up", text % {"ref": reference}, reference=reference)
    if not delivery.file:
        raise WrongState(
            "file-missing", _("Il file di questa consegna non c'è più: mandalo di nuovo.")
        )


def _must_be_known(delivery: Delivery, options: Mapping[str, Any]) -> None:
    """Raises Invalid for layers and reference systems that a check could do nothing with."""
    facts = delivery.facts
    read = {layer["name"] for layer in facts.get("layers", [])}
    crs = choices.crs_choices(options)
    # Of a delivery whose check failed the layers are not known yet.
    if facts:
        named = {*options.get("layers", ()), *(layer for layer in crs if layer)}
        if unknown := sorted(named - read - set(facts.get("others", []))):
            raise Invalid(
                "no-such-layer",
                _("Nel file non c'è lo strato «%(layer)s».") % {"layer": unknown[0][:200]},
            )
    for code in crs.values():
        if not known(code):
            raise Invalid(
                "no-such-system",
                _("EPSG:%(code)s non è un sistema di riferimento che sappiamo leggere.")
                % {"code": code},
            )


def take_over(delivery: Delivery, *, user: User) -> None:
    """Go on with a colleague's open delivery, under
    one's own name. Raises WrongState when it is over."""
    if not policies.may_upload(user, delivery.source):
        raise NotAllowed(
            "not-your-municipality",
            _("Puoi continuare solo le consegne dei tuoi Comuni ed enti."),
        )
    with transaction.atomic():
        current = workflow.locked(delivery.pk)
        if current.status in FINAL:
            raise WrongState(
                "wrong-state",
                _("La consegna è «%(state)s»: non c'è più nulla da continuare.")
                % {"state": current.get_status_display()},
                state=current.status,
            )
        if current.by_id == user.pk:
            return
        before = current.by
        current.by = delivery.by = user
        current.idempotency_key = ""  # the request of who sent it, not of who goes on
        current.save(update_fields=["by", "idempotency_key"])
        payload = {"was": before.pk}
        workflow.record(delivery, "take_over", by=user, payload=payload)


def withdraw(delivery: Delivery, *, user: User, note: str = "") -> None:
    """The sender takes its delivery back; what is in force stays."""
    if not policies.may_withdraw(user, delivery):
        raise NotAllowed(
            "not-operator",
            _("Solo un operatore di %(sender)s può ritirare la consegna.")
            % {"sender": delivery.source.sender},
        )
    workflow.move(delivery, Verb.WITHDRAW, by=user, note=note, **leases.freed())


__all__ = [
    "Received",
    "check_size",
    "clean_name",
    "confirm_unchanged",
    "receive",
    "recheck",
    "take_over",
    "withdraw",
]
