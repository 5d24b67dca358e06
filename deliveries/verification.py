"""What must hold of deliveries: their files, what was decided of them, what was published of them,
and who works on them."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.verification import Requirement
from deliveries import leftovers
from deliveries.leases import LONGEST_PAUSE, Leased
from deliveries.models import Delivery
from deliveries.models.delivery import FOLDER
from deliveries.querysets import SUBJECT_KIND, rows_of
from deliveries.states import FOR_A_WORKER, DeliveryStatus

_CHUNK: Final = 1024 * 1024
#: Two days: by then the sweep has been at a file of which no delivery knows.
SWEPT: Final = timedelta(days=2)
#: After which work that a dead worker left, or that is in nobody's hands, is not taken up by
#: itself any more.
ABANDONED, FORGOTTEN = timedelta(minutes=10), timedelta(hours=6)

_DAMAGED: Final = gettext_lazy(
    "È un danno della base di dati: ferma le pubblicazioni, ripristina l'ultima copia sana in "
    "un'altra installazione (bin/restore) e confronta le consegne indicate."
)


def _originals() -> Iterator[str]:
    """Deliveries whose stored file is not there, or is another than was delivered."""
    kept = Delivery.objects.exclude(file="").order_by("created_at")
    for key, name, sha256 in kept.values_list("pk", "file", "sha256").iterator():
        wrong = _wrong_file(name, sha256)
        # It may have been deleted, as it should, since the row was read.
        if wrong and Delivery.objects.filter(pk=key, file=name).exists():
            yield f"{key} {name}: {wrong}"


def _wrong_file(name: str, sha256: str) -> str:
    digest = hashlib.sha256()
    try:
        with default_storage.open(name) as file:
            for chunk in file.chunks(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return _("manca")
    return "" if digest.hexdigest() == sha256 else _("non è il file consegnato")


def _rowless() -> Iterator[str]:
    """Stored files of which no delivery knows, and that the sweep left."""
    for folder in leftovers.folders(FOLDER):
        with suppress(ValueError):  # a folder of another name is not ours
            known = Delivery.objects.filter(pk=uuid.UUID(folder)).exclude(file="")
            kept = frozenset(known.values_list("file", flat=True))
            found = leftovers.files(f"{FOLDER}/{folder}", older_than=SWEPT)
            yield from (name for name in found if name not in kept)


def _leases() -> Iterator[str]:
    """Work that nobody does, that is held though it is over, or held further than any clock."""
    now = timezone.now()
    abandoned = Q(lease_token__isnull=False, lease_until__lt=now - ABANDONED)
    beyond = Q(lease_until__gt=now + 2 * LONGEST_PAUSE)
    for model in Leased.__subclasses__():
        rows = model._default_manager.filter(abandoned | beyond)
        yield from (f"{model.__name__} {key}" for key in rows.values_list("pk", flat=True))
    worked_on = Q(status__in=(*FOR_A_WORKER, DeliveryStatus.DECIDED))
    over = ~worked_on & Q(lease_token__isnull=False)
    waiting = Q(lease_until__isnull=True) | Q(lease_until__lt=now - FORGOTTEN)
    forgotten = Q(status__in=FOR_A_WORKER, lease_token__isnull=True) & waiting
    late = Q(updated_at__lt=now - FORGOTTEN)
    rows = Delivery.objects.filter(over | (forgotten & late))
    yield from (f"Delivery {key}" for key in rows.values_list("pk", flat=True))


def _told(statement: str) -> Iterable[str]:
    return (str(row[0]) for row in rows_of(statement, kind=SUBJECT_KIND))


REQUIREMENTS: Final = (
    Requirement(
        "originals",
        gettext_lazy("Ogni file consegnato è conservato com'è arrivato"),
        gettext_lazy("Rimetti i file indicati al loro posto da una copia (bin/backup)."),
        _originals,
    ),
    Requirement(
        "rowless-files",
        gettext_lazy("Nessun file è conservato senza la sua consegna"),
        gettext_lazy("Controlla che i lavori di fondo girino: li tolgono da soli ogni sei ore."),
        _rowless,
    ),
    Requirement(
        "decisions",
        gettext_lazy("Di ogni consegna decisa o pubblicata è deciso tutto"),
        _DAMAGED,
        partial(_told, "verify_decisions"),
    ),
    Requirement(
        "publications",
        gettext_lazy("Ogni edizione viene da una pubblicazione sola, e da una consegna che c'è"),
        _DAMAGED,
        partial(_told, "verify_publications"),
    ),
    Requirement(
        "log",
        gettext_lazy("Ogni consegna è nello stato che il suo registro racconta"),
        _DAMAGED,
        partial(_told, "verify_log"),
    ),
    Requirement(
        "rows",
        gettext_lazy("Ogni consegna aperta ha le righe che il controllo ha contato"),
        gettext_lazy(
            "Rifai il controllo delle consegne indicate; quelle già inviate vanno prima "
            "restituite."
        ),
        partial(_told, "verify_rows"),
    ),
    Requirement(
        "leases",
        gettext_lazy("Ogni lavoro è in mani vive, o aspetta il suo turno"),
        gettext_lazy("Controlla che i lavori di fondo e l'orologio (beat) girino."),
        _leases,
    ),
)
