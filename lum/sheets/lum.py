"""The section about LUM in the sheet of a zone or a comune."""

from collections import Counter

from django.urls import reverse
from django.utils.translation import gettext as _

from core.sheets import Cell, Column, Fact, Row, Section, SheetTerritory, Table, number, text
from lum.models import Lum


def lum_of(territory: SheetTerritory) -> Section:
    """The LUM of the territory; rank and setting are said to be missing where nobody has set
    them."""
    hubs = list(Lum.objects.public().of(territory))
    states = Counter(hub.state for hub in hubs)
    unstated = sum(hub.is_located and not hub.state for hub in hubs)
    return Section(
        slug="lum",
        title=_("Luoghi Urbani per la Mobilità (LUM)"),
        lead=_(
            "L’elenco ufficiale dei 62 LUM non è stato trovato: nodi che l’elenco dei comuni del "
            "2023 sostiene, gli altri contati come da individuare."
        ),
        facts=(
            Fact(_("LUM"), len(hubs)),
            Fact(_("esistenti"), states[Lum.State.EXISTING]),
            Fact(_("previsti"), states[Lum.State.PLANNED]),
            Fact(_("da individuare"), sum(not hub.is_located for hub in hubs)),
            *([Fact(_("con stato non dichiarato"), unstated)] if unstated else []),
        ),
        tables=(_table(hubs),),
        links=(text(_("Tutti i LUM"), url=reverse("lum:list")),),
    )


def _table(hubs: list[Lum]) -> Table:
    rows = tuple(
        Row(
            (
                text(hub.label, url=reverse("lum:detail", args=[hub.code])),
                text(hub.state_words),
                text(hub.get_rank_display()) if hub.rank else Cell(None, note=_("da attribuire")),
                text(hub.network) if hub.network else Cell(None),
                number(hub.radius_m),
            )
        )
        for hub in hubs
    )
    return Table(
        caption=_("LUM"),
        columns=(
            Column(_("Nome")),
            Column(_("Stato")),
            Column(_("Rango")),
            Column(_("Rete")),
            Column(_("Raggio (m)"), True),
        ),
        rows=rows,
        empty=_("Nessun LUM in questo territorio."),
    )
