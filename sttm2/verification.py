"""Whether the installation is whole: everything that must hold of it, looked at by hand
(`bin/manage verify_installation`) and every night; what was found last is kept beside the files.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.queue import OutOfTime
from core.status import StatusLine, StatusSection
from core.verification import Requirement

logger = logging.getLogger(__name__)

#: Where the last verification stands in the storage.
KEPT: Final = "last-verification.json"
#: Things that are named of each requirement that does not hold; all are counted.
NAMED: Final = 20
#: After which the last verification is too old: it comes every night.
AGE: Final = dt.timedelta(days=2)


@dataclass(frozen=True)
class Verified:
    """One requirement as it was found: how many things it does not hold of, and some of them."""

    name: str
    holds: str
    mend: str
    found: int
    named: list[str]


@dataclass(frozen=True)
class Verification:
    """The whole of it at a moment (UTC)."""

    made: dt.datetime
    requirements: list[Verified]

    @property
    def wrong(self) -> list[Verified]:
        """What does not hold."""
        return [one for one in self.requirements if one.found]

    @property
    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        told = [asdict(one) for one in self.requirements]
        return {
            "made": self.made.isoformat(timespec="seconds"),
            "in_order": not self.wrong,
            "requirements": told,
        }


def requirements() -> Iterator[Requirement]:
    """Those of all apps that are installed."""
    for path in settings.INSTALLATION_REQUIREMENTS:
        yield from import_string(path)


def verify() -> Verification:
    """Look at everything, as long as there is time; nothing is changed, and what cannot be looked
    at does not hold."""
    made, asked, found = timezone.now(), list(requirements()), list[Verified]()
    with translation.override(settings.LANGUAGE_CODE):
        try:
            for one in asked:
                found.append(_verified(one))
        except OutOfTime:
            logger.exception("the verification was not done in its time")
            left = asked[len(found) :]
            found += [_unverified(one, _("il suo tempo è finito")) for one in left]
    return Verification(made, found)


def _verified(one: Requirement) -> Verified:
    """Raises OutOfTime."""
    named = list[str]()
    try:
        things = iter(one.find())
        named = list(islice(things, NAMED))
        found = len(named) + sum(1 for _thing in things)
    except OutOfTime:
        raise
    except Exception as error:
        logger.exception("%s could not be verified", one.name)
        return _unverified(one, error, *named)
    return Verified(one.name, str(one.holds), str(one.mend), found, named)


def _unverified(one: Requirement, why: object, *named: str) -> Verified:
    told = [*named, _("Verifica non riuscita: %(why)s") % {"why": why}]
    return Verified(one.name, str(one.holds), str(one.mend), 1, told)


def keep(verification: Verification) -> None:
    """Keep it as the last."""
    text = json.dumps(verification.document, ensure_ascii=False, indent=1) + "\n"
    default_storage.delete(KEPT)
    default_storage.save(KEPT, ContentFile(text.encode()))


def last() -> Verification | None:
    """The one that was kept last; None where there was none, or none can be read."""
    try:
        with default_storage.open(KEPT) as file:
            told = json.load(file)
        made = dt.datetime.fromisoformat(told["made"])
        return Verification(made, [Verified(**one) for one in told["requirements"]])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def section() -> StatusSection:
    """What the office's page of the portal's state says of it."""
    title, label = _("Verifica dell'installazione"), _("Ultima verifica")
    found = last()
    if found is None:
        note = _("La fanno ogni notte i lavori di fondo, e bin/manage verify_installation.")
        return StatusSection(title, [StatusLine(label, _("nessuna"), note, wrong=True)])
    at = date_format(timezone.localtime(found.made), "SHORT_DATETIME_FORMAT")
    old = timezone.now() - found.made > AGE
    note = _("Dovrebbe essere di stanotte: i lavori di fondo girano?") if old else ""
    lines = [StatusLine(label, at, note, wrong=old)]
    for one in found.wrong:
        words = ngettext("non vale per %(n)s cosa", "non vale per %(n)s cose", one.found)
        many = words % {"n": number_format(one.found)}
        # As it was found, in the language of the installation: gettext knows the words.
        lines.append(StatusLine(_(one.holds), many, _(one.mend), wrong=True))
    if not found.wrong:
        lines.append(StatusLine(_("Che cosa non va"), _("niente")))
    return StatusSection(title, lines)
