"""A received file becomes a delivery; also confirming without a file, checking again, taking over,
withdrawing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from services.actions import plan_source
from services.models import Source
from services.uploads import policies, tasks, workflow
from services.uploads.checking import choices
from services.uploads.editions.compare import edition_in_force
from services.uploads.models import Upload
from services.uploads.states import FINAL, Status, Verb, target
from services.uploads.understand.crs import known
from zones.errors import Invalid, NotAllowed, TooLarge, WrongState
from zones.models import Municipality, User

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """The delivery, and whether it was there already (the same bytes sent twice change
    nothing)."""

    upload: Upload
    duplicate: bool


def receive(
    user: User,
    *,
    municipality: Municipality,
    file: "File[bytes]",
    idempotency_key: str = "",
    take_over: bool = False,
) -> Received:
    """Store a file as a delivery of the comune and enqueue its check.

    Raises NotAllowed, TooLarge (413), WrongState when another delivery of the comune is open and
    may
    not be replaced by this one.
    """
    _may(user, municipality)
    check_size(file)
    digest = _digest(file)
    source = plan_source(municipality)
    try:
        with transaction.atomic():
            # The source's row is the queue: two files of one comune are taken one after the other.
            Source.objects.select_for_update().get(pk=source.pk)
            known = _known(source, digest, user, idempotency_key)
            if known is not None:
                return Received(known, duplicate=True)
            replaced = _replace_open(source, user, take_over=take_over)
            upload = _store(
                user, municipality, source, file=file, digest=digest, key=idempotency_key
            )
            if replaced is not None:
                upload.supersedes = replaced
                upload.save(update_fields=["supersedes"])
            tasks.check_upload.delay_on_commit(str(upload.pk))
    except IntegrityError as error:
        raise WrongState(
            "open-delivery", _("Un'altra consegna del Comune è appena arrivata.")
        ) from error
    return Received(upload, duplicate=False)


def _may(user: User, municipality: Municipality) -> None:
    if not policies.may_upload(user, municipality):
        raise NotAllowed(
            "not-your-municipality", _("Puoi consegnare solo per i Comuni del tuo mandato.")
        )
    if not policies.may_deliver(user, municipality):
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
                "Invia un tema alla volta o togli gli allegati."
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


def _known(source: Source, digest: str, user: User, key: str) -> Upload | None:
    """The same request again, the same bytes in the open delivery, or in the last published
    one."""
    if key:
        again: Upload | None = Upload.objects.filter(by=user, idempotency_key=key).first()
        if again is not None:
            return again
    last: Upload | None = source.uploads.exclude(
        status__in=(Status.WITHDRAWN, Status.SUPERSEDED)
    ).first()
    if last is None or last.sha256 != digest or last.status in (Status.UNREADABLE, Status.FAILED):
        return None
    if last.status == Status.PUBLISHED and last.edition_id != getattr(
        edition_in_force(last), "pk", None
    ):
        return None
    return last


def _replace_open(source: Source, user: User, *, take_over: bool) -> Upload | None:
    current: Upload | None = source.uploads.open().select_for_update(of=("self",)).first()
    if current is None:
        return None
    if target(current.status, Verb.SUPERSEDE) is None:
        raise WrongState(
            "open-delivery",
            _("C'è già una consegna %(state)s: aspetta che si concluda, oppure ritirala.")
            % {"state": current.get_status_display()},
            upload=str(current.pk),
        )
    if current.by_id != user.pk and not take_over:
        raise WrongState(
            "open-delivery",
            _("%(who)s ha già una consegna aperta per questo Comune. Puoi prenderla in carico tu.")
            % {"who": current.by},
            upload=str(current.pk),
        )
    workflow.move(current, Verb.SUPERSEDE, by=user)
    return current


def _store(
    user: User,
    municipality: Municipality,
    source: Source,
    *,
    file: "File[bytes]",
    digest: str,
    key: str,
) -> Upload:
    upload = Upload(
        municipality=municipality,
        source=source,
        by=user,
        file_name=clean_name(file.name),
        file_size=file.size,
        sha256=digest,
        idempotency_key=key,
        base_edition=source.editions.order_by("-number").first(),
    )
    upload.file.save("original", file, save=False)
    upload.save(force_insert=True)
    workflow.record(upload, "receive", by=user, from_status=Status.RECEIVED)
    return upload


def clean_name(name: str | None) -> str:
    """The file's own name, without folders or control characters, as people will read it."""
    last = (name or "file").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-255:] or "file"


@transaction.atomic
def confirm_unchanged(user: User, *, municipality: Municipality) -> Upload:
    """Open a submission that says: nothing changed since the edition in force."""
    _may(user, municipality)
    source = plan_source(municipality)
    Source.objects.select_for_update().get(pk=source.pk)
    edition = source.editions.order_by("-number").first()
    if edition is None:
        raise WrongState(
            "nothing-in-force", _("Non c'è ancora nulla da confermare: consegna il tuo piano.")
        )
    _replace_open(source, user, take_over=False)
    upload = Upload.objects.create(
        municipality=municipality,
        source=source,
        by=user,
        sort=Upload.Sort.CONFIRMATION,
        status=Status.CHECKED,
        base_edition=edition,
        is_valid=True,
    )
    workflow.record(upload, "receive", by=user, from_status=Status.CHECKED)
    return upload


def recheck(upload: Upload, *, user: User, options: dict[str, Any] | None = None) -> None:
    """Check again, with choices merged into the delivery's options (layers, crs, columns, undone,
    edits)."""
    if not policies.may_edit(user, upload) and upload.status != Status.FAILED:
        raise NotAllowed("not-editable", _("Questa consegna non si può modificare adesso."))
    _must_be_known(upload, options or {})
    with transaction.atomic():
        merged = {**workflow.locked(upload.pk).options, **(options or {})}
        if upload.status == Status.RETURNED:
            workflow.move(upload, Verb.REOPEN, by=user)
        verb = Verb.BEGIN_CHECK if upload.status == Status.FAILED else Verb.RECHECK
        workflow.move(
            upload,
            verb,
            by=user,
            options=merged,
            lease_until=None,
            lease_token=None,
            attempts=0,
            progress_stage="",
        )
        tasks.check_upload.delay_on_commit(str(upload.pk))


def _must_be_known(upload: Upload, options: Mapping[str, Any]) -> None:
    """Raises Invalid for layers and reference systems that a check could do nothing with."""
    facts = upload.facts
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


def take_over(upload: Upload, *, user: User) -> None:
    """Go on with a colleague's open delivery, under one's own name. Raises WrongState when it is
    over."""
    if not policies.may_upload(user, upload.municipality_id):
        raise NotAllowed(
            "not-your-municipality", _("Puoi continuare solo le consegne dei tuoi Comuni.")
        )
    with transaction.atomic():
        current = workflow.locked(upload.pk)
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
        current.by = upload.by = user
        current.save(update_fields=["by"])
        payload = {"was": before.pk}
        workflow.record(upload, "take_over", by=user, note=str(before), payload=payload)


def withdraw(upload: Upload, *, user: User, note: str = "") -> None:
    """The comune takes its delivery back; what is in force stays."""
    if not policies.may_withdraw(user, upload):
        raise NotAllowed(
            "not-operator", _("Solo un operatore del Comune può ritirare la consegna.")
        )
    workflow.move(upload, Verb.WITHDRAW, by=user, note=note, lease_token=None, lease_until=None)


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
