"""Forms of the profile: an API key, an invitation, its acceptance, a new password, the second
factor. Shape only; who may is decided in `policies`."""

from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from people.actions import REVOKE_KEYS
from people.models import ApiToken, Body, DelegationScope, Role, User
from people.policies import is_manager, reach_of
from zones.models import Municipality

SCOPE_LABELS = {
    "read": _("leggere i dati pubblici e le mie consegne"),
    "upload": _("consegnare e inviare"),
    "review": _("istruire"),
}


class TokenForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=_("Nome"), max_length=80, help_text=_("Per riconoscerla: dove la userai.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Che cosa può fare"),
        choices=[(scope, SCOPE_LABELS[scope]) for scope in ApiToken.SCOPES],
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
    )
    days = forms.TypedChoiceField(
        label=_("Scade dopo"),
        coerce=int,
        choices=[(30, _("30 giorni")), (90, _("90 giorni")), (365, _("un anno"))],
        initial=90,
    )


class MessagesForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the portal writes to the person."""

    class Meta:
        model = User
        fields = ("post", "language")
        widgets: ClassVar = {"post": forms.RadioSelect}


class InvitationForm(forms.Form):
    """An invitation; the roles, comuni and other bodies offered are those the person may grant.

    `cleaned_data["principal"]`: for whom, of the two that may be chosen.
    """

    email = forms.EmailField(label=_("Indirizzo e-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Ruolo"))
    municipality = forms.ModelChoiceField(
        label=_("Comune"), queryset=Municipality.objects.none(), required=False
    )
    body = forms.ModelChoiceField(
        label=_("Oppure un altro ente"), queryset=Body.objects.none(), required=False
    )
    scope = forms.MultipleChoiceField(
        label=_("Che cosa può fare un consulente"),
        choices=DelegationScope.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=DelegationScope.values,
        help_text=_("Inviare all'ufficio e ritirare spetta sempre a un operatore."),
    )
    until = forms.DateField(
        label=_("Valido fino al"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Obbligatorio per un consulente."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office, mine = is_manager(by), reach_of(by, Role.OPERATOR)
        roles = [Role.OPERATOR] if office or mine else []
        roles += [Role.CONSULTANT] if mine else []
        roles += [Role.REVIEWER, Role.MANAGER] if office else []
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        comuni = Municipality.objects.current().only("istat", "name")
        bodies = Body.objects.all()
        self._offer("municipality", comuni if office else comuni.filter(pk__in=mine.comuni))
        self._offer("body", bodies if office else bodies.filter(pk__in=mine.bodies))
        if len(mine.comuni) == 1 and not office and not mine.bodies:
            self.fields["municipality"].initial = next(iter(mine.comuni))

    def _offer(self, name: str, choices: QuerySet[Any]) -> None:
        """What may be chosen; a field without choices is left out."""
        if choices.exists():
            self.fields[name].queryset = choices  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = [cleaned[name] for name in ("municipality", "body") if cleaned.get(name)]
        if len(named) > 1:
            self.add_error("body", _("Scegli un Comune oppure un altro ente, non tutti e due."))
        cleaned["principal"] = named[0] if named else None
        if cleaned.get("role") == Role.CONSULTANT and not cleaned.get("scope"):
            self.add_error("scope", _("Scegli almeno una cosa che il consulente può fare."))
        return cleaned


class AcceptanceForm(forms.Form):
    """The first access of someone invited."""

    name = forms.CharField(
        label=_("Nome e cognome"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Almeno 12 caratteri: quattro parole che non c'entrano fra loro."),
    )
    password_again = forms.CharField(
        label=_("Ripeti la password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password and password != again:
            self.add_error("password_again", _("Le due password non sono uguali."))
        elif password:
            self._validate(password, cleaned.get("name", ""))
        return cleaned

    def _validate(self, password: str, name: str) -> None:
        try:
            validate_password(password, User(email=self.email, name=name))
        except forms.ValidationError as error:
            self.add_error("password", error)


def _offer_keys(form: forms.Form, user: User | None) -> None:
    """Beside a new password: to end the keys in force too (`people.adapters` does it)."""
    if user is None or not user.api_tokens.filter(revoked_at=None).exists():
        return
    form.fields[REVOKE_KEYS] = forms.BooleanField(
        label=_("Revoca anche le mie chiavi API"),
        required=False,
        help_text=_("Valgono anche con la nuova password: revocale se qualcuno può conoscerle."),
    )


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """A new password for the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_keys(self, self.user)


class ForgottenPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password for one that was forgotten, by the link of a letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_keys(self, self.user)


class SecondFactorForm(ActivateTOTPForm):  # type: ignore[misc]
    """Sets the second factor up; the code that proved it is used up, as one of a sign-in is."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code
