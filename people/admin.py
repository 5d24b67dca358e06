"""Bodies in the administration: whoever is to act for one needs it to exist first. Secrets of the
second factor are not there: a factor may be taken away, so that its owner sets up another."""

from typing import Any

from allauth.mfa import admin as theirs
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from people.models import Body


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Unions of comuni, ATS, parks, water companies; their operators are invited from the
    portal."""

    list_display = ("name", "kind", "slug")
    list_filter = ("kind",)
    search_fields = ("name", "slug")


# Registered by theirs, whose page shows what is kept.
theirs.admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class SecondFactorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who has one, since when; taken away for who lost the device. Nothing of it is shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = ("user", "type", "created_at", "last_used_at")
    readonly_fields = fields

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        self.delete_queryset(request, Authenticator.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Authenticator]") -> None:
        """Recovery codes go with the factor that they stand for: whoever found the device may
        have them too."""
        lost = list(queryset.filter(type=Authenticator.Type.TOTP).values_list("user", flat=True))
        queryset.delete()
        codes = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
        codes.filter(user__in=lost).delete()

    def has_add_permission(self, request: HttpRequest, *rest: Any) -> bool:
        return False
