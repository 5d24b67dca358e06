"""SEM-01 to SEM-05: what a row says of itself, and the criteria of supra-municipal services."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from validator.dataset import Dataset
from validator.findings import Group, Hits
from validator.rules.columns import (
    Mask,
    as_one,
    filled,
    having,
    hits,
    mask,
)
from validator.rules.context import RuleContext
from validator.rules.examples import Example, row
from validator.rules.registry import ROW, WARNING, rule
from validator.rules.shape import SQUARE, is_area
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.taxonomy import SUPRA

#: The beginning of the name of a shop or an inn: at the well, of the garden.
SIGN = (
    r"(?i)^\W*(?:a(?:l|llo|lla|i|gli|lle)|de(?:l|llo|lla|i|gli|lle))(?:\s|$)|^\W*(?:all|dell)['’]"
)
WIDER = ("intercomunale", "metropolitana")
SMALL = (
    "POLYGON ((501000 5031000, 501050 5031000, 501050 5031050, 501000 5031050, 501000 5031000))"
)


def declared_wider(dataset: Dataset) -> Mask:
    """Rows that the comune declares supra-municipal."""
    return mask(dataset.frame["valence"].is_in(WIDER))


def surface(dataset: Dataset) -> pl.Series:
    """Drawn area in square metres, the declared one for points; null when neither is known."""
    drawn = pl.Series(np.where(dataset.areas > 0, dataset.areas, np.nan)).fill_nan(None)
    return drawn.fill_null(dataset.frame["area"])


@rule(
    "SEM-01", WARNING, ROW, params={"green_m2": 5_000.0}, yields_to=("SEM-04",),
    it=Wording(
        title="Verde sotto la soglia",
        one="Riga {row}: verde di {area} m², sotto la soglia di {limit} m².",
        many="{n} aree verdi dichiarate sovracomunali sono sotto la soglia di {limit} m² (righe "
        "{rows}).",
        all="Tutte le {n} aree verdi dichiarate sovracomunali sono sotto la soglia di {limit} m².",
        fix="Lasciala comunale, o di' di quale rete fa parte.",
        why="La STTM 2 considera sovracomunale il verde pubblico oltre 5.000 m².",
    ),
    en=Wording(
        title="Green area below the threshold",
        one="Row {row}: green area of {area} m², below the {limit} m² threshold.",
        many="{n} green areas declared supra-municipal are below the {limit} m² threshold (rows "
        "{rows}).",
        all="All {n} green areas declared supra-municipal are below the {limit} m² threshold.",
        fix="Keep it as municipal, or say which network it belongs to.",
    ),
    fails=row(name="Giardino", kind="giardino", valence="intercomunale", geometry=SMALL),
    passes=row(name="Parco", kind="parco", valence="intercomunale", geometry=SQUARE),
)  # fmt: skip
def green_is_large_enough(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """A green area proposed as supra-municipal reaches 5,000 square metres.

    That is the threshold of the STTM 2 for public green.
    """
    measured = [kind for kind in dataset.taxonomy.kinds if kind.area_over is not None]
    slugs = {kind.slug for kind in measured} | {kind.below for kind in measured if kind.below}
    green = mask(dataset.frame["kind"].is_in(list(slugs)))
    area = surface(dataset)
    small = mask(area < t["green_m2"])
    limit = int(t["green_m2"])
    chosen = green & small & declared_wider(dataset)
    return hits(dataset, chosen, area=area.round(), limit=limit)


@rule(
    "SEM-02", WARNING, ROW, needs={"area"}, params={"area_pct": 10.0},
    it=Wording(
        title="Area dichiarata diversa da quella disegnata",
        one="Riga {row}: area dichiarata {declared} m², disegnata {drawn} m².",
        many="In {n} righe l'area dichiarata è diversa da quella disegnata ({rows}).",
        all="In tutte le {n} righe l'area dichiarata è diversa da quella disegnata: forse è "
        "un'altra unità "
        "di misura.",
        fix="Correggi l'attributo o la geometria.",
        why="Una delle due è sbagliata, o la superficie è quella catastale: basta dirlo.",
    ),
    en=Wording(
        title="Declared area differs from the drawn one",
        one="Row {row}: declared area {declared} m², drawn {drawn} m².",
        many="In {n} rows the declared area differs from the drawn one ({rows}).",
        all="In all {n} rows the declared area differs from the drawn one: perhaps it is another "
        "unit.",
        fix="Correct the attribute, or the geometry.",
    ),
    fails=row(name="Parco", area=1000.0, geometry=SQUARE),
    passes=row(name="Parco", area=10_400.0, geometry=SQUARE),
)  # fmt: skip
def areas_agree(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """The declared area is that of the drawn shape, within a share.

    One of the two is wrong, or the surface is the cadastral one. Shapes held by GEO-04 are left
    out.
    """
    declared, drawn = dataset.frame["area"], pl.Series(dataset.areas)
    sound = is_area(dataset) & (~dataset.invalid | dataset.repaired)
    differs = mask((declared - drawn).abs() * 100 > t["area_pct"] * drawn)
    return hits(dataset, sound & differs, "area", declared=declared, drawn=drawn.round())


@rule(
    "SEM-03", WARNING, ROW, needs={"valence"},
    it=Wording(
        title="Valenza senza criterio",
        one="Riga {row}: servizio dichiarato sovracomunale senza un criterio che lo motivi.",
        many="{n} servizi dichiarati sovracomunali non dicono perché (righe {rows}).",
        all="Nessuno dei {n} servizi dichiarati sovracomunali dice perché: forse manca la colonna "
        "dei "
        "criteri.",
        fix="Scegli i criteri nella scheda, o metti comunale.",
        why="Chi istruisce valida la valenza sulla base dei criteri: utenti da fuori, bacino, "
        "gestore, "
        "capienza, rete.",
    ),
    en=Wording(
        title="Level without criterion",
        one="Row {row}: service declared supra-municipal with no criterion to support it.",
        many="{n} services declared supra-municipal do not say why (rows {rows}).",
        all="None of the {n} services declared supra-municipal says why: perhaps the criteria "
        "column is "
        "missing.",
        fix="Choose the criteria in the scorecard, or set comunale.",
    ),
    fails=row(name="Ospedale", valence="metropolitana", criteria=None),
    passes=row(name="Ospedale", valence="metropolitana", criteria="bacino di più comuni"),
)  # fmt: skip
def valences_have_reasons(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits | Group]:
    """A service declared supra-municipal says by which criterion.

    Reviewers validate the level on the criteria: users from outside, catchment, body, capacity.
    """
    bare = declared_wider(dataset) & ~filled(dataset, "criteria")
    asked = having(dataset, "criteria")
    by_row = hits(dataset, bare & asked, "criteria", value=dataset.frame["valence"])
    return [by_row, *as_one(dataset, bare & ~asked, "criteria")]


@rule(
    "SEM-04", WARNING, ROW, needs={"valence"},
    it=Wording(
        title="Criteri e valenza non vanno d'accordo",
        one="Riga {row}: i criteri indicano {suggested} ({because}), dichiarato {declared}.",
        many="In {n} righe i criteri indicano una valenza diversa da quella dichiarata ({rows}).",
        all="In tutte le {n} righe i criteri indicano una valenza diversa da quella dichiarata.",
        fix="Cambiala, o lasciala così con un motivo: chi istruisce lo vede.",
        why="Una scuola primaria di solito serve il suo Comune, un ospedale molti: quando la "
        "valenza "
        "dichiarata dice il contrario può essere giusto, ma va motivato.",
    ),
    en=Wording(
        title="Criteria and level disagree",
        one="Row {row}: criteria suggest {suggested} ({because}), declared {declared}.",
        many="In {n} rows the criteria suggest another level than the declared one ({rows}).",
        all="In all {n} rows the criteria suggest another level than the declared one.",
        fix="Change it, or keep it with a reason; the reason is shown to reviewers.",
    ),
    fails=row(name="Scuola primaria Verdi", kind="primaria", valence="metropolitana"),
    passes=row(name="Ospedale", kind="ospedale", valence="metropolitana"),
)  # fmt: skip
def valences_follow_criteria(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits]:
    """The declared level is the one that the type of service suggests.

    A primary school usually serves its own comune, a hospital many: the contrary may be right,
    with
    a reason. Green areas under the threshold are SEM-01's.
    """
    kinds = dataset.taxonomy.kinds
    small = {kind.below for kind in kinds if kind.below}
    local = [kind.slug for kind in kinds if kind.level != SUPRA and kind.slug not in small]
    usual = {k.slug: k.default_valence for k in kinds if k.level == SUPRA and k.default_valence}
    kind, declared = dataset.frame["kind"], dataset.frame["valence"]
    too_wide = declared_wider(dataset) & mask(kind.is_in(local))
    too_narrow = mask(declared == "comunale") & mask(kind.is_in(list(usual)))
    suggested = kind.replace_strict(usual, default=None, return_dtype=pl.String)
    return [
        hits(dataset, too_wide, "valence", suggested="comunale", declared=declared,
             because="local_kind"),
        hits(dataset, too_narrow, "valence", suggested=suggested, declared=declared,
             because="kind_default"),
    ]  # fmt: skip


@rule(
    "SEM-05", WARNING, ROW,
    it=Wording(
        title="Nome e categoria si contraddicono",
        one="Riga {row}: «{name}» classificato {category}; il nome suggerisce {other}.",
        many="In {n} righe il nome suggerisce una categoria diversa da quella indicata ({rows}).",
        all="In tutte le {n} righe il nome suggerisce una categoria diversa: forse la colonna è "
        "un'altra.",
        fix="Correggi la categoria, o rispondi se è giusta così.",
        why="«Ospedale di Rho» tra le scuole è di solito una riga scivolata. La colonna del tipo "
        "vale più "
        "del nome: per questo è solo un avviso.",
    ),
    en=Wording(
        title="Name and category contradict each other",
        one="Row {row}: '{name}' classified {category}; the name suggests {other}.",
        many="In {n} rows the name suggests another category than the given one ({rows}).",
        all="In all {n} rows the name suggests another category: perhaps it is another column.",
        fix="Correct the category, or answer if it is right.",
    ),
    fails=Example(rows=({"name": "Ospedale", "kind": "superiori", "name_kind": "ospedale"},)),
    passes=Example(rows=({"name": "Liceo", "kind": "superiori", "name_kind": "superiori"},)),
)  # fmt: skip
def names_agree_with_categories(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """The words of the name do not belong to another category than the one given.

    A hospital among the schools is usually a row that slipped. The type column counts more. A
    name such as "Al Pozzo" or "Del Giardino" is a sign, not a service.
    """
    category = {kind.slug: kind.category for kind in dataset.taxonomy.kinds if kind.category}
    names = {found.slug: found.name for found in dataset.taxonomy.categories}
    given = dataset.frame["kind_category"]
    said = dataset.frame["name_kind"].replace_strict(
        category, default=None, return_dtype=pl.String
    )
    sign = dataset.frame["name"].str.contains(SIGN)
    return hits(
        dataset, mask(given != said) & ~mask(sign), "name", name=dataset.frame["name"],
        category=given.replace_strict(names, default=None, return_dtype=pl.String),
        other=said.replace_strict(names, default=None, return_dtype=pl.String),
    )  # fmt: skip
