"""Bodies in the administration: whoever is to act for one needs it to exist first."""

from django.contrib import admin

from people.models import Body


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Unions of comuni, ATS, parks, water companies; their operators are invited from the
    portal."""

    list_display = ("name", "kind", "slug")
    list_filter = ("kind",)
    search_fields = ("name", "slug")
