"""The difference between a delivery and what is in force of its source, as proposals (PRODUCT.md
3.6)."""

from django.db import transaction

from services.models import Edition
from services.uploads.models import Upload
from services.uploads.querysets import run_sql


def edition_in_force(upload: Upload) -> Edition | None:
    """The last edition of the delivery's source, or None before the first."""
    return upload.source.editions.order_by("-number").first()


@transaction.atomic
def propose(upload: Upload) -> None:
    """(Re)write the delivery's proposals against the edition in force, which becomes its base.

    Rows already published stay; a decision is kept where the difference is still the same one.
    """
    edition = edition_in_force(upload)
    confirmed = upload.sort == Upload.Sort.CONFIRMATION
    name = "propose_confirmation" if confirmed else "propose"
    run_sql(name, upload=upload.pk, source=upload.source_id, edition=edition and edition.pk)
    upload.base_edition = edition
    upload.save(update_fields=["base_edition"])
