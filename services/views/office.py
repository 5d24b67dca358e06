"""What the office's pages of the catalogue share."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.pages import Crumb


def desk() -> list[Crumb]:
    """The beginning of the trail: the office's desk, in an installation that has one."""
    page = settings.OFFICE_DESK
    return [Crumb(_("Istruttoria"), reverse(page))] if page else []
