"""The few kinds of mistake that belong to a person, not to the data and not to us.

Each carries a code and an Italian message (English by
translation); `sttm2.rest` maps kinds to HTTP statuses.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise


class DomainError(Exception):
    """A request that cannot be honoured; the message says what to do instead."""

    status = 422

    def __init__(self, code: str, message: Text, **extra: Any) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.extra: Mapping[str, Any] = extra


class NotAllowed(DomainError):
    """The person may not do this here (the thing itself is visible to them)."""

    status = 403


class NotFound(DomainError):
    """It does not exist, or it is not the asker's: the two are told apart to nobody."""

    status = 404


class NoLongerKept(DomainError):
    """It was there, and its days are over."""

    status = 410


class WrongState(DomainError):
    """The thing is not in a state from which this can be done."""

    status = 409


class Invalid(DomainError):
    """What was sent cannot be understood or is not acceptable."""

    status = 400


class TooLarge(DomainError):
    """Over a published limit."""

    status = 413


class TooMany(DomainError):
    """Too often in a short while."""

    status = 429


class Away(DomainError):
    """What the portal needs is not to be had now; `retry_after` seconds later it may be."""

    status = 503

    def __init__(self, code: str, message: Text, *, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


def wrong_parameter(parameter: str, why: str, **extra: Any) -> Invalid:
    """A parameter of an address, by name, and what is wrong with it."""
    sentence = _("Il parametro «%(name)s» non va bene: %(why)s.")
    words = sentence % {"name": parameter, "why": why}
    return Invalid("parameter", words, parameter=parameter, **extra)
