"""Secrets of the second factor as they lie in the database: encrypted, and marked as such.

The key is made of STTM2_SECOND_FACTOR_KEY or, without it, of the installation's secret; what an
earlier secret encrypted is still read with it (STTM2_SECRET_KEY_OLD).
"""

import base64
from functools import cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.errors import WrongState

MARK: Final = "fernet:"
_SALT: Final = "people.ciphers"


def encrypt(text: str) -> str:
    """The text, encrypted with the first key."""
    return MARK + _with(_secrets()).encrypt(text.encode()).decode()


def decrypt(kept: str) -> str:
    """What was encrypted; a text from before secrets were is as it is. Raises WrongState where no
    key fits: whoever goes on with an empty secret would let everybody in."""
    if not kept.startswith(MARK):
        return kept
    try:
        return _with(_secrets()).decrypt(kept.removeprefix(MARK).encode()).decode()
    except InvalidToken:
        text = _(
            "Il tuo secondo fattore è stato salvato con un'altra chiave e non si legge più: "
            "scrivi all'ufficio, che lo azzera."
        )
        raise WrongState("second-factor-unreadable", text) from None


def _secrets() -> tuple[str, ...]:
    told = (settings.SECOND_FACTOR_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(secret for secret in told if secret)


@cache
def _with(secrets: tuple[str, ...]) -> MultiFernet:
    digests = [
        salted_hmac(_SALT, "key", secret=secret, algorithm="sha256").digest() for secret in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
