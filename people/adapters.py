"""How allauth acts here: accounts by invitation only, letters with the portal's own address,
passwords that end what was let in before, secrets encrypted."""

from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.errors import Away
from people import ciphers, delays, letters
from people.actions import REVOKE_KEYS, revoke_all_tokens
from people.backends import may_enter
from people.mailing import or_in_words
from people.models import User


def at_home(url: str) -> str:
    """The address below the one that is configured, whatever host was asked."""
    return str(settings.PUBLIC_URL + urlsplit(url).path)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """`people.delays` counts wrong passwords, instead of allauth, which by account locks out
        its owner."""
        delays.recognise(request, str(credentials.get("email", "")))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turns back whom the backend did not let in: allauth goes on with a right password."""
        if not may_enter(user):
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        delays.remember(request, answer, user)
        return answer

    def set_password(self, user: User, password: str) -> None:
        """A new password, by change or reset. Sessions end by themselves (their hash hangs on
        it); keys where the person says so."""
        super().set_password(user, password)
        delays.forget(user)
        # Whoever has the mailbox, or the old password: `people.middleware.KnownDeviceMiddleware`.
        self.request.is_known_to = user
        if self.request.POST.get(REVOKE_KEYS):
            revoke_all_tokens(user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if not letters.may_send(self.request, template_prefix, email, context):
            return
        # Never what a request says of where it was sent.
        portal = SimpleNamespace(
            name="Portale STTM 2", domain=urlsplit(settings.PUBLIC_URL).netloc
        )
        profile = settings.PUBLIC_URL + reverse("people:profile") + "#keys-title"
        told = {**context, "current_site": portal, "profile_url": profile}
        with or_in_words():
            super().send_mail(template_prefix, email, told)

    def send_notification_mail(self, *told: Any, **more: Any) -> None:
        """Of what was done already: a new password holds while the mail server is away."""
        with suppress(Away):  # logged
            super().send_notification_mail(*told, **more)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return at_home(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return at_home(super().get_email_confirmation_url(request, emailconfirmation))


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A person known to the identity provider still needs an account with a mandate here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of codes and of recovery codes are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return ciphers.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return ciphers.decrypt(encrypted_text)
