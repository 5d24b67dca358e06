"""The section about transport nodes in the sheet of a LUM."""

from django.utils.translation import gettext as _

from core.sheets import Cell, Column, Row, Section, Table, text
from lum.models import Lum


def nodes_of(hub: Lum) -> Section | None:
    """The stations and termini that it is built around, where they are known."""
    rows = tuple(
        Row(
            (
                text(node.name),
                text(node.mode, lang="it"),
                text(node.get_state_display())
                if node.state
                else Cell(None, note=_("non dichiarato")),
                text(node.source, lang="it"),
            )
        )
        for node in hub.nodes.all()
    )
    if not rows:
        return None
    headings = (_("Nome"), _("Modo"), _("Stato"), _("Fonte"))
    table = Table(_("Nodi di trasporto"), tuple(map(Column, headings)), rows)
    return Section(slug="nodi", title=_("Nodi di trasporto"), tables=(table,))
