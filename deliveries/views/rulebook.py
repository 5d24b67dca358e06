"""The public rule book."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.pages import Crumb
from deliveries.reports import frequency, rulebook


def rules(request: HttpRequest) -> HttpResponse:
    """All rules, family by family."""
    context = {
        "trail": [Crumb(_("Regole"))],
        "families": rulebook.families(),
        "version": rulebook.version(),
        "published": rulebook.published(),
    }
    return render(request, "deliveries/rules.html", context)


def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule with its examples and how to mend."""
    found = rulebook.page(code)
    trail = [Crumb(_("Regole"), reverse("deliveries:rules")), Crumb(found.entry.code)]
    fired = frequency.of(found.entry.code)
    context = {"trail": trail, "rule": found, "version": rulebook.version(), "fired": fired}
    return render(request, "deliveries/rule.html", context)
