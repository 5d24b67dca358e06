"""How many letters an account gets that anybody may ask for: few, whoever asks and from wherever.

Who asks once too often is answered as before: the links that went out still hold. A device that
the account knows is counted by itself, so that strangers do not use up what its owner may ask for.
"""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core.throttles import counts
from people import delays

#: What allauth calls the letters to an address that somebody typed: with an account, without one.
ASKED_FOR: Final = ("account/email/password_reset_key", "account/email/unknown_account")
#: So many, within so many seconds.
MOST, SECONDS = 3, 3600
_SALT: Final = "people.letters"


def may_send(request: HttpRequest, letter: str, email: str, context: dict[str, Any]) -> bool:
    """Whether a letter may still go; it is counted with that."""
    if letter not in ASKED_FOR:
        return True
    entered = getattr(context.get("user"), "last_login", None)  # after which older links are void
    told = (email.strip().casefold(), delays.device_of(request, email), str(entered))
    key = f"letters:{salted_hmac(_SALT, repr(told), algorithm='sha256').hexdigest()}"
    counts.add(key, 0, SECONDS)
    try:
        return bool(counts.incr(key) <= MOST)
    except ValueError:  # its time was over just now, or the cache went away
        counts.set(key, 1, SECONDS)
        return True
