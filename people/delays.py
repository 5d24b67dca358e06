"""Wrong passwords slow down who types them: the pair of account and device, or of account and
address; and, when they come from many addresses, whoever the account does not know.

Kept by django-axes in the database, so that they hold without Redis. A browser that once signed
in, or chose a new password by the link of a letter, carries a signed cookie for that account and
is counted alone: nobody locks out another, who has a device or a mailbox of theirs.
"""

import datetime as dt
import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db.models import Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from people.addresses import addresses_of, owners
from people.models import User

logger = logging.getLogger(__name__)

#: Wrong passwords before the first wait, its seconds (doubled by each further one), and the most.
FREE: Final = 5
FIRST_WAIT, LONGEST_WAIT = 30, 3600
#: Wrong passwords for one account, of whomever it does not know, before all of these wait, and the
#: most seconds of that wait: a hundred guesses a day find nothing, and on a new device its owner
#: waits no longer.
ACCOUNT_FREE, ACCOUNT_LONGEST = 20, 900
#: At so many wrong passwords for one account its owner gets a letter, for so many days no other.
TOLD, TOLD_DAYS = 10, 7
#: After so long a letter that could not be sent is tried again: not at each wrong password, which
#: would wait for the mail server.
AGAIN: Final = dt.timedelta(minutes=30)
DEVICE, DEVICE_DAYS = "sttm2_device", 180
#: How a known device stands where django-axes keeps the name of a browser.
KNOWN: Final = "device "
_SALT: Final = "people.delays.device"


def account_named(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Of which account an attempt is, however it was written."""
    told = credentials or {}
    return str(told.get("email") or told.get("username") or "").strip().casefold()[:254]


def pair(request: Any, credentials: Any = None) -> list[list[str]]:
    """What is counted together: with the device, where the account knows it, or the address."""
    told = getattr(request, "axes_user_agent", None) or getattr(request, "user_agent", "")
    return [["username", "user_agent" if str(told).startswith(KNOWN) else "ip_address"]]


def recognise(request: HttpRequest, email: str) -> None:
    """Note, before a password is looked at, from which known device it comes. Of the browser
    itself nothing is kept."""
    AxesProxyHandler.update_request(request)
    request.axes_user_agent = device_of(request, email)  # type: ignore[attr-defined]


def device_of(request: HttpRequest, email: str) -> str:
    """Which of the account's devices asks, as attempts keep it; empty for any other."""
    try:
        told = signing.loads(
            request.COOKIES.get(DEVICE, ""), salt=_SALT, max_age=DEVICE_DAYS * 86_400
        )
    except signing.BadSignature:
        return ""
    of, name = told if isinstance(told, list) and len(told) == 2 else ("", "")
    return f"{KNOWN}{name}" if of == _mark(email) else ""


def _mark(email: str) -> str:
    return salted_hmac(_SALT, email.strip().casefold(), algorithm="sha256").hexdigest()[:24]


def remember(request: HttpRequest, answer: HttpResponse, user: User) -> None:
    """Know this browser from now on as one of the account's."""
    if device_of(request, user.email):
        return
    value = signing.dumps([_mark(user.email), secrets.token_hex(8)], salt=_SALT)
    secure = bool(settings.SESSION_COOKIE_SECURE)
    answer.set_cookie(
        DEVICE, value, max_age=DEVICE_DAYS * 86_400, secure=secure, httponly=True, samesite="Lax"
    )


def wait_after(failures: int, free: int = FREE, longest: int = LONGEST_WAIT) -> int:
    """Seconds to wait after so many wrong passwords in a row."""
    if failures < free:
        return 0
    doublings: int = min(failures - free, 10)
    wait: int = min(FIRST_WAIT << doublings, longest)
    return wait


def of_strangers(now: dt.datetime) -> "QuerySet[AccessAttempt]":
    """What was tried of late, for any account, from no device that the account knows."""
    begin = now - settings.AXES_COOLOFF_TIME
    late: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__gt=begin)
    return late.exclude(user_agent__startswith=KNOWN)


def is_known(request: Any) -> bool:
    """Whether an attempt comes from a device of the account."""
    return str(getattr(request, "axes_user_agent", "")).startswith(KNOWN)


def forget(user: User) -> None:
    """Of an account whose password is another now, nothing that was tried counts."""
    AccessAttempt.objects.filter(username__in=addresses_of(user)).delete()


@dataclass(frozen=True)
class Tried:
    """Wrong passwords that are counted together, and when the last came."""

    failures: int
    last: dt.datetime | None

    def seconds_left(self, free: int, longest: int) -> int:
        """For how long no further one is looked at."""
        if self.last is None:
            return 0
        until = self.last + dt.timedelta(seconds=wait_after(self.failures, free, longest))
        return max(0, round((until - timezone.now()).total_seconds()))


def _tried(attempts: "QuerySet[AccessAttempt]") -> Tried:
    found = attempts.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    return Tried(found["failures"] or 0, found["last"])


class PairDelays(AxesDatabaseHandler):  # type: ignore[misc]
    """Waits that grow instead of a lock; attempts while one waits are not looked at."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        return self.seconds_left(request, credentials) > 0

    def seconds_left(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """For how long one has still to wait: as a pair, and as a stranger to the account."""
        mine = self._of_pair(request, credentials).seconds_left(FREE, LONGEST_WAIT)
        return max(mine, self.seconds_of_strangers(request, credentials))

    def seconds_of_strangers(self, request: Any, credentials: dict[str, Any] | None) -> int:
        """For how long whoever the account does not know has still to wait; 0 for who is known."""
        if is_known(request):
            return 0
        tried = self._of_account(request, credentials)
        return tried.seconds_left(ACCOUNT_FREE, ACCOUNT_LONGEST)

    def _of_pair(self, request: Any, credentials: dict[str, Any] | None) -> Tried:
        (attempts,) = self.get_user_attempts(request, credentials)
        return _tried(attempts)

    def _of_account(self, request: Any, credentials: dict[str, Any] | None) -> Tried:
        named = account_named(request, credentials)
        return _tried(of_strangers(timezone.now()).filter(username=named))

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None or not getattr(request, "axes_failures_since_start", None):
            return  # it was not looked at
        count = self._of_pair if is_known(request) else self._of_account
        if count(request, credentials).failures >= TOLD:
            _tell_owner(account_named(request, credentials), request.axes_ip_address)


def _tell_owner(email: str, address: str) -> None:
    """One letter, however many try and from wherever: who of them notes it first sends it."""
    now = timezone.now()
    untold = Q(warned_at=None) | Q(warned_at__lt=now - dt.timedelta(days=TOLD_DAYS))
    user = owners(email).filter(is_active=True).first()
    if user is None or not User.objects.filter(untold, pk=user.pk).update(warned_at=now):
        return
    try:
        _send_warning(user, address, now)
    except OSError:  # what smtplib raises is one too: whoever signs in need not know
        logger.exception("the warning of account %s was not sent", user.pk)
        again = now - dt.timedelta(days=TOLD_DAYS) + AGAIN
        User.objects.filter(pk=user.pk, warned_at=now).update(warned_at=again)


def _send_warning(user: User, address: str, at: dt.datetime) -> None:
    with translation.override(user.language):
        context = {
            "address": address,
            "at": at,
            "days": TOLD_DAYS,
            "reset": settings.PUBLIC_URL + reverse("account_reset_password"),
            "wrong": TOLD,
        }
        send_mail(
            subject=_("Password sbagliate sul tuo account"),
            message=render_to_string("people/mail/wrong_passwords.txt", context),
            from_email=None,
            recipient_list=[user.email],
        )
