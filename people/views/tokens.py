"""API keys of the person signed in: issue one, shown once; revoke one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.actions import revoke_token
from people.forms import TokenForm
from people.tokens import issue_token
from people.views.people import actor, show_profile


@never_cache
@login_required
@require_POST
def token_create(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return show_profile(request, form=form, status=422)
    key = issue_token(actor(request), **form.cleaned_data)
    return show_profile(request, key=key)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    revoke_token(actor(request), pk)
    messages.success(request, _("Chiave revocata: da ora non vale più."))
    return redirect("people:profile")
