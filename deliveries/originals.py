"""The delivered file as it lies in the storage: given back, or said in words why it is not."""

import logging
import secrets

from django.core.files.base import File
from django.utils.translation import gettext as _

from core.errors import NoLongerKept, NotFound
from deliveries.models import Delivery

logger = logging.getLogger(__name__)


class OriginalMissing(Exception):
    """The delivery names a file that the storage has not: a fault of ours."""


def opened(delivery: Delivery) -> "File[bytes]":
    """The stored file, open at its beginning. Raises OriginalMissing."""
    try:
        found: File[bytes] = delivery.file.open("rb")
    except FileNotFoundError as error:
        raise OriginalMissing(delivery.file.name) from error
    return found


def given_back(delivery: Delivery) -> "File[bytes]":
    """The same for people. Raises NoLongerKept when its days are over, NotFound when there never
    was one or when it should be there and is not."""
    if not delivery.file:
        if delivery.kind == Delivery.Kind.CONFIRMATION:
            raise NotFound("no-file", _("Questa consegna è una conferma: non ha nessun file."))
        raise NoLongerKept("file-gone", _("Il file di questa consegna non è più conservato."))
    try:
        return opened(delivery)
    except OriginalMissing as error:
        reference = secrets.token_hex(4)
        logger.exception("original of %s is missing, reference %s", delivery.pk, reference)
        text = _(
            "Il file originale dovrebbe esserci, ma non lo troviamo: è un nostro problema. "
            "Scrivi all'ufficio citando il riferimento %(ref)s."
        )
        missing = text % {"ref": reference}
        raise NotFound("file-missing", missing, reference=reference) from error
