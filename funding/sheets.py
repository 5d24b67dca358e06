"""The section about funding in the sheet of a zone or a comune."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from core.sheets import Column, Fact, Row, Section, Table, Territory, number, text
from funding.models import Share
from funding.selectors import shares_in


def zone_funding(territory: Territory) -> Section:
    """The shares that fall on the territory; unknown ones are listed as unknown."""
    shares = shares_in(territory.municipalities)
    known = [share.amount for share in shares if share.amount is not None]
    unknown = len(shares) - len(known)
    return Section(
        slug="finanziamenti",
        title=_("Finanziamenti"),
        lead=_(
            "Solo le quote che le fonti attribuiscono a un comune. "
            "Ciò che non è ripartito sta nella pagina di ogni programma."
        ),
        facts=(
            Fact(_("Quote note"), sum(known, Decimal(0)) if known else None, unit="€"),
            Fact(_("Quote con importo non noto"), unknown),
        ),
        tables=(_table(shares),),
        links=(text(_("Tutti i programmi"), url=reverse("funding:list")),),
    )


def _table(shares: list[Share]) -> Table:
    rows = tuple(
        Row(
            (
                text(
                    share.project.programme.name,
                    url=reverse("funding:programme", args=[share.project.programme_id]),
                ),
                text(share.project.title),
                text(share.municipality.name if share.municipality else ""),
                number(share.amount, 0 if _whole(share.amount) else 2),
            )
        )
        for share in shares
    )
    return Table(
        caption=_("Quote per progetto"),
        columns=(
            Column(_("Programma")),
            Column(_("Progetto")),
            Column(_("Comune")),
            Column(_("Importo (€)"), True),
        ),
        rows=rows,
        empty=_("Nessuna quota attribuita a questo territorio dalle fonti caricate."),
    )


def _whole(amount: Decimal | None) -> bool:
    return amount is None or amount == int(amount)
