"""The section about services in the sheet of a zone or a comune."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.sheets import (
    Bar,
    Cell,
    Chart,
    Column,
    Fact,
    Row,
    Section,
    SheetTerritory,
    Table,
    number,
    text,
)
from services.models import StateCount
from services.querysets import CountQuerySet
from services.selectors import CategoryCounts, category_counts, totals_of
from zones.days import end_of

PER = 10_000


def services_of(territory: SheetTerritory) -> Section:
    """Services by category in both readings, planned ones apart, and per 10,000 residents."""
    shown = StateCount.objects.at(end_of(territory.day))
    here = shown.filter(municipality__in=territory.municipalities)
    counts = category_counts(here.supra_municipal())
    totals = totals_of(counts)
    rates = _rates(shown.supra_municipal(), territory)
    return Section(
        slug="servizi",
        title=_("Servizi sovracomunali"),
        lead=_(
            "Le due letture non si sommano: la 1 viene dai piani dei comuni, "
            "la 2 da altre banche dati. «Unione» conta ogni servizio una volta."
        ),
        facts=(
            Fact(_("Lettura 1, dai PGT"), totals.plan),
            Fact(_("Lettura 2, altre fonti"), totals.other),
            Fact(_("In entrambe"), totals.both),
            Fact(_("Unione"), totals.union),
            Fact(_("Servizi comunali, a parte"), here.filter(level="local").total()),
        ),
        tables=(_by_category(counts, territory), _per_residents(counts, rates, territory)),
        charts=_charts(counts, rates, territory),
        note=_residents_note(territory),
        links=(
            text(_("Tutti i servizi, con filtri e mappa"), url=_list_url(territory)),
            *_files(territory),
        ),
    )


def _list_url(territory: SheetTerritory, category: str = "") -> str:
    address = f"{reverse('services:list')}?{territory.query}"
    return f"{address}&category={category}" if category else address


def _files(territory: SheetTerritory) -> list[Cell]:
    """The files of the layer of services, for this territory."""
    ways = import_string(settings.LAYER_DOWNLOADS)("servizi", territory.query)
    words = _("Scarica in %(format)s")
    return [text(words % {"format": way.format}, url=url) for way, url in ways if way.is_file]


def _name(counts: CategoryCounts) -> str:
    if counts.category is None:
        return _("Tipo non riconosciuto")
    english = (get_language() or "it").startswith("en")
    return (english and counts.category.name_en) or counts.category.name


def _by_category(counts: list[CategoryCounts], territory: SheetTerritory) -> Table:
    rows = tuple(
        Row(
            (
                _heading(row, territory),
                number(row.counts.plan),
                number(row.counts.other),
                number(row.counts.both),
                number(row.counts.union),
                number(row.planned),
            )
        )
        for row in counts
    )
    headings = (
        _("Lettura 1"),
        _("Lettura 2"),
        _("In entrambe"),
        _("Unione"),
        _("di cui previsti"),
    )
    return Table(
        caption=_("Servizi per categoria e lettura"),
        columns=(Column(_("Categoria")), *(Column(heading, True) for heading in headings)),
        rows=rows,
    )


def _heading(row: CategoryCounts, territory: SheetTerritory) -> Cell:
    if row.category is None:
        return text(_name(row))
    url = _list_url(territory, row.category.slug)
    return text(_name(row), url=url, mark=row.category.slug)


def _rates(everywhere: CountQuerySet, territory: SheetTerritory) -> Mapping[str, float]:
    """Metropolitan services per 10,000 residents, by category slug; empty where nobody counted
    residents."""
    if not territory.metropolitan_residents:
        return {}
    return {
        row.category.slug: row.counts.union * PER / territory.metropolitan_residents
        for row in category_counts(everywhere)
        if row.category
    }


def _rate(row: CategoryCounts, territory: SheetTerritory) -> float | None:
    return row.counts.union * PER / territory.residents if territory.residents else None


def _per_residents(
    counts: list[CategoryCounts], rates: Mapping[str, float], territory: SheetTerritory
) -> Table:
    rows = tuple(
        Row(
            (
                text(_name(row), mark=row.category.slug),
                number(_rate(row, territory), 2),
                number(rates.get(row.category.slug), 2),
            )
        )
        for row in counts
        if row.category
    )
    return Table(
        caption=_("Servizi ogni 10.000 abitanti (unione delle due letture)"),
        columns=(
            Column(_("Categoria")),
            Column(territory.name, True),
            Column(_("Città metropolitana"), True),
        ),
        rows=rows,
    )


def _charts(
    counts: list[CategoryCounts], rates: Mapping[str, float], territory: SheetTerritory
) -> tuple[Chart, ...]:
    if not territory.residents or not any(row.counts.union for row in counts):
        return ()
    bars = tuple(
        Bar(_name(row), _rate(row, territory), rates.get(row.category.slug))
        for row in counts
        if row.category
    )
    title = _("Servizi ogni 10.000 abitanti, a confronto con la Città metropolitana")
    return (Chart(title, bars, reference_label=_("valore metropolitano")),)


def _residents_note(territory: SheetTerritory) -> str:
    if territory.residents is None:
        return _("Mancano gli abitanti: i valori per 10.000 non si possono calcolare.")
    return _(
        "Abitanti: ISTAT, ultimo anno caricato. I servizi previsti e quelli dismessi sono "
        "compresi nei conteggi."
    )
