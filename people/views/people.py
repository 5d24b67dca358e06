"""The profile of the person signed in, the people they
answer for, and the acceptance of an invitation."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.bodies import SIGN_IN, takes
from core.errors import DomainError, NotAllowed
from core.pages import number
from people import actions
from people.addresses import owners
from people.forms import AcceptanceForm, InvitationForm, MessagesForm, TokenForm
from people.models import SENDING_ROLES, Invitation, Mandate, Role, User
from people.policies import (
    has_second_factor,
    is_manager,
    may_revoke,
    must_have_second_factor,
    reach_of,
)

#: How many mandates, and how many invitations, stand on a page.
PAGE = 50


def actor(request: HttpRequest) -> User:
    """The person signed in; the views that call this ask for a sign-in first."""
    if not isinstance(request.user, User):  # pragma: no cover - login_required stands before
        raise NotAllowed("sign-in", _("Accedi per continuare."))
    return request.user


@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return show_profile(request)


@login_required
@require_POST
def messages_choose(request: HttpRequest) -> HttpResponse:
    form = MessagesForm(request.POST, instance=User.objects.get(pk=actor(request).pk))
    if not form.is_valid():
        return show_profile(request, post_form=form, status=422)
    form.save()
    messages.success(request, _("Scelte sui messaggi salvate."))
    return redirect("people:profile")


def show_profile(
    request: HttpRequest,
    *,
    form: TokenForm | None = None,
    post_form: MessagesForm | None = None,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    """The profile, with the form as it was typed and a new key the one time it can be seen."""
    user = actor(request)
    context = {
        "form": form or TokenForm(),
        "post_form": post_form or MessagesForm(instance=user),
        "key": key,
        "mandates": user.mandates.select_related("municipality", "body").order_by("-valid_from"),
        "in_force": set(user.mandates.in_force().values_list("pk", flat=True)),
        "tokens": user.api_tokens.order_by("-created_at"),
        "now": timezone.now(),
        "second_factor": has_second_factor(user),
        "second_factor_asked": must_have_second_factor(user),
        "answers_for_others": _answers_for_others(user),
    }
    return render(request, "people/profile.html", context, status=status)


def _answers_for_others(user: User) -> bool:
    return user.mandates.in_force().filter(role__in=(Role.OPERATOR, Role.MANAGER)).exists()


@never_cache
@login_required
def people(request: HttpRequest) -> HttpResponse:
    return _show_people(request, InvitationForm(by=actor(request)))


def _show_people(request: HttpRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    user = actor(request)
    if not _answers_for_others(user):
        raise NotAllowed("people-not-yours", _("Invita persone chi è operatore o responsabile."))
    mandates = _mine(
        user, Mandate.objects.select_related("user", "municipality", "body", "granted_by")
    )
    current = mandates.filter(pk__in=Mandate.objects.in_force())
    asked = number(request.GET.get("pagina")) or 1
    page = Paginator(current.order_by("user__email", "pk"), PAGE).get_page(asked)
    invited = _mine(user, Invitation.objects.select_related("municipality", "body"))
    waiting = invited.filter(accepted_at=None, revoked_at=None).order_by("-created_at", "-pk")
    asked = number(request.GET.get("inviti")) or 1
    invitations = Paginator(waiting, PAGE).get_page(asked)
    context = {
        "form": form,
        "page": page,
        "rows": [(mandate, may_revoke(user, mandate)) for mandate in page],
        "invitations": invitations,
        "address": reverse("people:people"),
        "now": timezone.now(),
    }
    return render(request, "people/people.html", context, status=status)


def _mine(user: User, rows: "QuerySet") -> "QuerySet":  # type: ignore[type-arg]
    """What a manager answers for (operators and the office), or an operator (the own comune or
    body)."""
    if is_manager(user):
        return rows
    mine = reach_of(user, Role.OPERATOR)
    return rows.filter(Q(municipality__in=mine.comuni) | Q(body__in=mine.bodies))


@login_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST, by=actor(request))
    if not form.is_valid():
        return _show_people(request, form, status=422)
    asked = form.cleaned_data
    role = Role(asked["role"])
    new = actions.NewInvitation(
        email=asked["email"],
        role=role,
        principal=asked["principal"] if role in SENDING_ROLES else None,
        until=asked["until"],
        scope=tuple(asked["scope"]) if role == Role.CONSULTANT else (),
    )
    try:
        actions.invite(actor(request), new)
    except DomainError as error:
        form.add_error(None, str(error.message))
        return _show_people(request, form, status=error.status)
    messages.success(request, _("Invito spedito a %(email)s.") % {"email": asked["email"]})
    return redirect("people:people")


@login_required
@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    mine = _mine(actor(request), Invitation.objects.all())
    actions.revoke_invitation(actor(request), get_object_or_404(mine, pk=pk))
    messages.success(request, _("Invito ritirato: il link non vale più."))
    return redirect("people:people")


@login_required
@require_POST
def mandate_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    mine = _mine(actor(request), Mandate.objects.select_related("municipality", "body"))
    actions.revoke_mandate(actor(request), get_object_or_404(mine, pk=pk))
    messages.success(request, _("Mandato revocato da ora."))
    return redirect("people:people")


@takes(SIGN_IN)
@never_cache
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """A newcomer sets name and password; who has an account signs in and takes the mandate."""
    invitation = actions.find_invitation(token)
    known = owners(invitation.email).exists()
    typed = request.POST if request.method == "POST" else None
    form = AcceptanceForm(typed, email=invitation.email)
    if request.method == "POST" and known:
        if not request.user.is_authenticated:
            actions.find_invitation(token)  # known by this very link, perhaps just now
            return redirect_to_login(request.path)
        actions.accept_as(invitation, actor(request))
        return _welcome(request)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        user = actions.accept_as_new(
            invitation, name=cleaned["name"], password=cleaned["password"]
        )
        login(request, user, backend="people.backends.AccountBackend")
        return _welcome(request)
    context = {"invitation": invitation, "known": known, "form": form}
    return render(request, "people/invitation.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Benvenuto: il mandato è attivo."))
    return redirect("people:profile")
