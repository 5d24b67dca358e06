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
from zones.models import Municipality


def lowered(email: str) -> str:
    """An address as it is kept, of accounts and invitations alike."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Accounts are known by their e-mail, kept in small letters: so it is looked for at the
    sign-in, however it was typed."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=lowered(email), **extra)
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
    #: When a letter last told of wrong passwords (`people.delays`).
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)

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
    """The four roles; the first two are of who sends, the others metropolitan."""

    OPERATOR = "operator", _("operatore")
    CONSULTANT = "consultant", _("consulente")
    REVIEWER = "reviewer", _("istruttore metropolitano")
    MANAGER = "manager", _("responsabile metropolitano")


class DelegationScope(models.TextChoices):
    """What a comune or a body lets its consultant do; a mandate that names none lets both."""

    DELIVER = "deliver", _("consegnare file")
    MEND = "mend", _("correggere righe, rispondere, abbinare colonne")


#: The roles of who sends, for a comune or for another body; the others are the office's.
SENDING_ROLES = (Role.OPERATOR, Role.CONSULTANT)


class Body(models.Model):
    """A body other than a comune for which people may act: a union of comuni, an ATS, a park, a
    water company. What it may speak of is said by its sources."""

    class Kind(models.TextChoices):
        UNION = "union", _("unione di comuni")
        HEALTH = "health", _("agenzia di tutela della salute")
        PARK = "park", _("ente parco")
        WATER = "water", _("gestore del servizio idrico")
        OTHER = "other", _("altro ente")

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("nome"), max_length=160)
    kind = models.CharField(_("tipo di ente"), max_length=8, choices=Kind.choices)

    class Meta:
        ordering = ["name"]
        verbose_name = _("ente")
        verbose_name_plural = _("enti")

    def __str__(self) -> str:
        return self.name


#: Whom a person may act for.
Principal = Municipality | Body


def one_principal() -> Q:
    """The roles of who sends name a comune or a body, not both; the office's neither."""
    comune = Q(municipality__isnull=False, body__isnull=True)
    body = Q(municipality__isnull=True, body__isnull=False)
    sends = Q(role__in=SENDING_ROLES)
    neither = Q(municipality__isnull=True, body__isnull=True)
    return (sends & (comune | body)) | (~sends & neither)


def known_scope() -> Q:
    """A scope names nothing but what a consultant may be let do."""
    return Q(scope__contained_by=DelegationScope.values)


class Mandate(models.Model):
    """One person's right to act: for a comune, for another body, or for the metropolitan office
    where it names neither."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mandates")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="mandates"
    )
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="mandates")
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
            models.CheckConstraint(name="mandate_principal_by_role", condition=one_principal()),
            models.CheckConstraint(
                name="mandate_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="mandate_consultant_expires",
                condition=~Q(role=Role.CONSULTANT) | Q(valid_to__isnull=False),
            ),
            models.CheckConstraint(name="mandate_scope_known", condition=known_scope()),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def principal(self) -> Principal | None:
        """Whom the person acts for; None: the metropolitan office."""
        return self.municipality or self.body

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
    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, blank=True)
    body = models.ForeignKey(Body, models.CASCADE, null=True, blank=True)
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
        constraints = [
            models.CheckConstraint(name="invitation_principal_by_role", condition=one_principal()),
            models.CheckConstraint(name="invitation_scope_known", condition=known_scope()),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def principal(self) -> Principal | None:
        """Whom the person would act for; None: the metropolitan office."""
        return self.municipality or self.body


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


class RetentionRun(models.Model):
    """What the nightly deletion of one period (`people.retention`) did last, and in all."""

    key = models.SlugField(primary_key=True, max_length=40)
    at = models.DateTimeField()
    removed = models.PositiveIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    error_reference = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name = _("cancellazione alla scadenza")
        verbose_name_plural = _("cancellazioni alla scadenza")

    def __str__(self) -> str:
        return self.key
