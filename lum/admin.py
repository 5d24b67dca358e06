"""The LUM in the administration: the only place where candidates are seen."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from lum.models import Lum


@admin.register(Lum)
class LumAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """All LUM, candidates too: raising a candidate's certainty publishes it. Positions are shown
    and not typed; their widget would fetch its map from elsewhere."""

    list_display = ("label", "certainty", "state", "rank", "places")
    list_filter = ("certainty", "state", "rank")
    search_fields = ("name", "code")
    filter_horizontal = ("municipalities",)
    readonly_fields = ("point", "perimeter")
    exclude = ("point_web",)

    @admin.display(description=_("comuni o zona"))
    def places(self, hub: Lum) -> str:
        comuni = [comune.name for comune in hub.municipalities.all()]
        return ", ".join(comuni) or str(hub.zone or "")

    def get_queryset(self, request: Any) -> Any:
        hubs = super().get_queryset(request).select_related("zone")
        return hubs.prefetch_related("municipalities")
