"""What must hold of an installation whatever happened to it: what each app contributes to
`bin/manage verify_installation` and to the same at night (`settings.INSTALLATION_REQUIREMENTS`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Requirement:
    """One thing that must hold, under a name for machines.

    `holds` says it in words, `mend` what to do where it does not; `find` names each thing of which
    it does not hold, so that somebody finds it. Nothing is changed by looking.
    """

    name: str
    holds: str | Promise
    mend: str | Promise
    find: Callable[[], Iterable[str]]
