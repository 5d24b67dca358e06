"""Who signs in, for whom they act and until when;
permissions themselves are in `people.policies`."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.querysets import MandateQuerySet


class UserManager(BaseUserManager["User"]):
    """Accounts are known by their e-mail, compared without case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True, **extra}
        )


class Post(models.TextChoices):
    """Which notices a person also gets by e-mail; in the portal all of them are listed."""

    ALL = "all", _("tutti gli avvisi delle consegne che seguo")
    MINE = "mine", _("solo quelli delle consegne che ho caricato io")
    NONE = "none", _("nessuno: li leggo nel portale")


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account; what they may do follows from their mandates alone."""

    email = models.EmailField(_("indirizzo e-mail"), unique=True)
    name = models.CharField(_("nome e cognome"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("accede all'amministrazione"), default=False)
    is_active = models.BooleanField(_("attivo"), default=True)
    is_demonstration = models.BooleanField(_("account dimostrativo"), default=False)
    language = models.CharField(
        _("lingua dei messaggi"), max_length=2, choices=settings.LANGUAGES, default="it"
    )
    post = models.CharField(
        _("avvisi per e-mail"), max_length=4, choices=Post.choices, default=Post.ALL
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("persone")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_without_case")]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """The four roles; the first two are of a comune, the others metropolitan."""

    OPERATOR = "operator", _("operatore comunale")
    CONSULTANT = "consultant", _("consulente")
    REVIEWER = "reviewer", _("istruttore metropolitano")
    MANAGER = "manager", _("responsabile metropolitano")


class DelegationScope(models.TextChoices):
    """What a comune lets its consultant do; a mandate that names none lets both."""

    DELIVER = "deliver", _("consegnare file")
    MEND = "mend", _("correggere righe, rispondere, abbinare colonne")


MUNICIPAL_ROLES = (Role.OPERATOR, Role.CONSULTANT)


class Mandate(models.Model):
    """One person's right to act: for a comune, or for the
    metropolitan office when `municipality` is null."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mandates")
    municipality = models.ForeignKey(
        "zones.Municipality", models.PROTECT, null=True, blank=True, related_name="mandates"
    )
    role = models.CharField(_("ruolo"), max_length=12, choices=Role.choices)
    scope = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    valid_from = models.DateField(_("valido dal"), default=timezone.localdate)
    valid_to = models.DateField(_("valido fino al"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandato")
        verbose_name_plural = _("mandati")
        constraints = [
            models.CheckConstraint(
                name="mandate_municipality_by_role",
                condition=Q(role__in=MUNICIPAL_ROLES, municipality__isnull=False)
                | (~Q(role__in=MUNICIPAL_ROLES) & Q(municipality__isnull=True)),
            ),
            models.CheckConstraint(
                name="mandate_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="mandate_consultant_expires",
                condition=~Q(role=Role.CONSULTANT) | Q(valid_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def scope_words(self) -> str:
        """What a consultant may do, in words; empty for the other roles."""
        if self.role != Role.CONSULTANT:
            return ""
        allowed = self.scope or DelegationScope.values
        return ", ".join(str(scope.label) for scope in DelegationScope if scope in allowed)


class Invitation(models.Model):
    """An e-mail asked to join with a given mandate; the token is stored hashed and works once."""

    email = models.EmailField()
    municipality = models.ForeignKey("zones.Municipality", models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    scope = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    mandate_until = models.DateField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invito")
        verbose_name_plural = _("inviti")

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A key for another system, acting as its owner
    within scopes; shown once, stored as SHA-256."""

    SCOPES = ("read", "upload", "review")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("nome"), max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    token_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("chiave API")
        verbose_name_plural = _("chiavi API")

    def __str__(self) -> str:
        return self.name
