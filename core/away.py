"""The database away, out of connections or out of patience: what who asked reads of it.

Nothing here asks the database, and nothing waits for it: whoever asks again is answered as soon as
it is back.
"""

from typing import Final

from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext as _
from psycopg import errors

from core.errors import Away

#: Seconds after which to ask again.
SOON: Final = 5
LATER: Final = 30


#: PostgreSQL's codes for a connection that it ended or does not make; an error without a code is
#: the client's, which found nobody.
_CUT_OFF: Final = ("08", "57P", "53300")


def is_cut_off(error: BaseException) -> bool:
    """Whether the connection to the database broke or could not be made: whatever was done then
    is nobody's failure, and is to be done again."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code: str | None = getattr(error.__cause__, "sqlstate", None)
    return code is None or code.startswith(_CUT_OFF)


def away(error: BaseException | None) -> Away | None:
    """What a person reads of an error of the database; None when it is of another kind."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, errors.QueryCanceled):
        text = _(
            "La risposta chiede troppo lavoro tutto in una volta: restringi la domanda (una zona, "
            "una categoria, parole più lunghe) e riprova."
        )
        return Away("too-heavy", text, retry_after=LATER)
    if isinstance(cause, errors.LockNotAvailable | errors.DeadlockDetected):
        text = _("Qualcun altro sta scrivendo le stesse cose: riprova fra poco.")
        return Away("busy", text, retry_after=SOON)
    gone = errors.IdleInTransactionSessionTimeout
    if isinstance(error, OperationalError | InterfaceError) or isinstance(cause, gone):
        text = _(
            "Il portale in questo momento non raggiunge i suoi dati. Torna da solo: riprova fra "
            "poco. Ciò che era salvato resta salvato."
        )
        return Away("away", text, retry_after=SOON)
    return None
