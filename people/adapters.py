"""How allauth creates accounts here: by invitation only, never by self sign-up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A person known to the identity provider still needs an account with a mandate here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
