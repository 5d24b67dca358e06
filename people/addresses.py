"""Whose an e-mail address is: the one of the account, or another that its owner confirmed."""

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from people.models import User, lowered


def owners(email: str) -> QuerySet[User]:
    """The account of that address, however it is written; none or one."""
    confirmed = EmailAddress.objects.filter(email__iexact=email.strip(), verified=True)
    mine = Q(email__iexact=email.strip()) | Q(pk__in=confirmed.values("user"))
    found: QuerySet[User] = User.objects.filter(mine)
    return found


def addresses_of(user: User) -> set[str]:
    """All by which the account is known, in small letters."""
    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {lowered(one) for one in (user.email, *others)}
