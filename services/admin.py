"""Sources in the administration: whose they are, where they may speak of, what places a row."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from services.models import Source


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source that may speak of no comune would refuse every row."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        territory = [cleaned.get(name) for name in ("municipality", "covers_all")]
        if not any(territory) and not cleaned.get("municipalities"):
            self.add_error("municipalities", _("Indica di quali Comuni parla, o di tutti."))
        return cleaned


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """All sources; a comune's plan is made by its first delivery, the others are made here."""

    form = SourceForm
    list_display = ("name", "reading", "municipality", "body", "covers_all", "placed_by")
    list_filter = ("reading", "covers_all", "is_demonstration")
    list_select_related = ("municipality", "body")
    search_fields = ("name", "slug", "owner")
    filter_horizontal = ("municipalities",)
    fields = (
        "slug",
        "name",
        "reading",
        "municipality",
        "body",
        "municipalities",
        "covers_all",
        "placed_by",
        "owner",
        "licence",
        "frequency",
        "note",
    )
