"""Wrong passwords slow down who types them: the pair of account and device, or of account and
address. Nobody locks out another, who has a device of theirs.

Kept by django-axes in the database, so that they hold without Redis. A browser that once signed
in carries a signed cookie for that account and is counted alone; all others by their address.
"""

import datetime as dt
import secrets
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from people.models import User

#: Wrong passwords before the first wait, its seconds (doubled by each further one), and the most.
FREE: Final = 5
FIRST_WAIT, LONGEST_WAIT = 30, 3600
#: At so many wrong passwords of one pair its owner gets a letter.
TOLD: Final = 10
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
    request.axes_user_agent = _device_of(request, email)  # type: ignore[attr-defined]


def _device_of(request: HttpRequest, email: str) -> str:
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
    if _device_of(request, user.email):
        return
    value = signing.dumps([_mark(user.email), secrets.token_hex(8)], salt=_SALT)
    secure = bool(settings.SESSION_COOKIE_SECURE)
    answer.set_cookie(
        DEVICE, value, max_age=DEVICE_DAYS * 86_400, secure=secure, httponly=True, samesite="Lax"
    )


def wait_after(failures: int) -> int:
    """Seconds to wait after so many wrong passwords in a row."""
    if failures < FREE:
        return 0
    doublings: int = min(failures - FREE, 10)
    wait: int = min(FIRST_WAIT << doublings, LONGEST_WAIT)
    return wait


def forget(user: User) -> None:
    """Of an account whose password is another now, nothing that was tried counts."""
    AccessAttempt.objects.filter(username=user.email.casefold()).delete()


class PairDelays(AxesDatabaseHandler):  # type: ignore[misc]
    """Waits that grow instead of a lock; attempts while one waits are not looked at."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        return self.seconds_left(request, credentials) > 0

    def seconds_left(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """For how long the pair has still to wait."""
        counted = self._counted(request, credentials)
        if counted["last"] is None:
            return 0
        until = counted["last"] + dt.timedelta(seconds=wait_after(counted["failures"]))
        left: float = (until - timezone.now()).total_seconds()
        return max(0, round(left))

    def _counted(self, request: Any, credentials: dict[str, Any] | None) -> dict[str, Any]:
        (attempts,) = self.get_user_attempts(request, credentials)
        counted: dict[str, Any] = attempts.aggregate(
            failures=Sum("failures_since_start"), last=Max("attempt_time")
        )
        return counted

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None or not getattr(request, "axes_failures_since_start", None):
            return  # it was not looked at
        if request.axes_failures_since_start == TOLD:
            _tell_owner(account_named(request, credentials), request.axes_ip_address)


def _tell_owner(email: str, address: str) -> None:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return
    with translation.override(user.language):
        context = {
            "address": address,
            "at": timezone.now(),
            "reset": settings.PUBLIC_URL + reverse("account_reset_password"),
            "wrong": TOLD,
        }
        send_mail(
            subject=_("Password sbagliate sul tuo account"),
            message=render_to_string("people/mail/wrong_passwords.txt", context),
            from_email=None,
            recipient_list=[user.email],
        )
