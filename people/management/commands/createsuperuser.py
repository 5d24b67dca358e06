"""Django's, and the first administrator can sign in: whoever has this command confirms their
address, where the sign-in would send a letter that an installation without mail cannot send."""

import os
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from people.models import User


class Command(createsuperuser.Command):
    help = (
        "Crea chi amministra il portale. Al primo accesso imposta il secondo fattore. "
        "Senza domande: DJANGO_SUPERUSER_PASSWORD e --noinput --email."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["interactive"]:
            _check(os.environ.get("DJANGO_SUPERUSER_PASSWORD", ""), options.get("email") or "")
        super().handle(*args, **options)
        for user in User.objects.filter(is_superuser=True, emailaddress=None):
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _check(password: str, email: str) -> None:
    """Django looks at a password that is typed, not at one of the environment."""
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
