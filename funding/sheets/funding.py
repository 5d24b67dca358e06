"""The section about funding in the sheet of a zone or a comune."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from core.sheets import Cell, Column, Fact, Row, Section, SheetTerritory, Table, number, text
from funding.models import Share
from funding.selectors import programme_rows, shares_in


def funding_of(territory: SheetTerritory) -> Section:
    """The shares that fall on the territory; unknown ones are listed as unknown."""
    shares = shares_in(territory.municipalities)
    known = [share.amount for share in shares if share.amount is not None]
    unknown = len(shares) - len(known)
    return Section(
        slug="finanziamenti",
        title=_("Finanziamenti"),
        lead=_(
            "Solo le quote che le fonti attribuiscono a un comune. "
            "Ciò che di un programma non è ripartito non si può dare a nessun territorio."
        ),
        facts=(
            Fact(_("Quote note"), sum(known, Decimal(0)) if known else None, unit="€"),
            Fact(_("Quote con importo non noto"), unknown),
        ),
        tables=(_table(shares), _programmes(shares)),
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
                text(share.project.title, lang="it"),
                text(share.municipality.name if share.municipality else ""),
                _euro(share.amount),
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


def _programmes(shares: list[Share]) -> Table:
    """The programmes of these shares, each with what it has allocated to no comune at all."""
    rows = tuple(
        Row(
            (
                text(
                    row.programme.name,
                    url=reverse("funding:programme", args=[row.programme.slug]),
                ),
                _euro(row.programme.amount),
                _euro(row.totals.unallocated),
            )
        )
        for row in programme_rows(shares)
    )
    return Table(
        caption=_("Programmi di queste quote, per intero"),
        columns=(
            Column(_("Programma")),
            Column(_("Importo della fonte (€)"), True),
            Column(_("Non ripartito"), True),
        ),
        rows=rows,
        empty=_("Nessun programma ha quote in questo territorio."),
    )


def _euro(amount: Decimal | None) -> Cell:
    return number(amount, 0 if _whole(amount) else 2)


def _whole(amount: Decimal | None) -> bool:
    return amount is None or amount == int(amount)
