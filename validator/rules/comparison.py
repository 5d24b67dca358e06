"""CMP-01 to CMP-04 and CMP-08: the delivery against what is accepted of the same source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from validator.dataset import Dataset
from validator.findings import Group, Hits, NotRun
from validator.rules.columns import Index, xy
from validator.rules.context import Accepted, RuleContext
from validator.rules.examples import Example
from validator.rules.lineage import Links, link
from validator.rules.registry import COMPARISON, INFO, ROW, WARNING, rule
from validator.rules.report import NO_COLUMN
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

LISTED = 10
LICEO = {"identifier": "A1", "name": "Liceo", "kind": "superiori", "fingerprint": "f",
         "geometry": "POINT (501000 5031000)"}  # fmt: skip
KNOWN = {"key": "A1", "service": "s-00000001", "name": "Liceo", "kind": "superiori",
         "x": 501000.0, "y": 5031000.0, "fingerprint": "f"}  # fmt: skip
GONE = {"key": "A2", "service": "s-00000002", "name": "Ospedale", "kind": "ospedale",
        "fingerprint": "g"}  # fmt: skip
SAME = Example(rows=(LICEO,), accepted=(KNOWN,))


@rule(
    "CMP-01", WARNING, COMPARISON,
    it=Wording(
        title="Servizi accettati che non compaiono più",
        one="Un servizio già accettato non compare più: {list}.",
        many="{n} servizi già accettati non compaiono più: {list}.",
        fix="Per ognuno di': chiuso, spostato, unito a un altro, o dimenticato.",
        why="Un servizio non sparisce: chiude, si sposta o si unisce a un altro. Senza la tua "
        "risposta "
        "resta in vigore fino all'istruttoria.",
    ),
    en=Wording(
        title="Accepted services that no longer appear",
        one="One accepted service no longer appears: {list}.",
        many="{n} accepted services no longer appear: {list}.",
        fix="Say for each: closed, moved, merged, or forgotten.",
    ),
    fails=Example(rows=(LICEO,), accepted=(KNOWN, GONE)),
    passes=SAME,
)  # fmt: skip
def services_do_not_vanish(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group] | NotRun:
    """Every record accepted before is still there.

    A service does not vanish: it closes, moves or merges. Until answered it stays in force.
    """
    if context.accepted is None:
        return NotRun("CMP-01", "no_accepted")
    lost = links(dataset, context.accepted).lost(context.accepted)
    if not len(lost):
        return []
    return [Group(params={"n": len(lost), "list": named(context.accepted, lost)})]


def links(dataset: Dataset, accepted: Accepted) -> Links:
    """The links of this delivery, worked out once for all comparing rules."""
    found: Links = accepted.once(id(dataset), lambda: link(dataset, accepted))
    return found


def named(accepted: Accepted, index: Index) -> str:
    """Accepted records as a message lists them: name and key, at most ten."""
    frame = accepted.frame[index[:LISTED]]
    shown = [
        f"{name} ({key})" if name else str(key)
        for name, key in zip(frame["name"], frame["key"], strict=True)
    ]
    return ", ".join(shown) + (" …" if len(index) > LISTED else "")


@rule(
    "CMP-02", WARNING, COMPARISON, params={"count_drop_pct": 20.0}, yields_to=("CMP-01",),
    it=Wording(
        title="Molti servizi in meno",
        one="I servizi passano da {before} a {after} (−{pct}%).",
        fix="Controlla che l'esportazione sia completa.",
        why="Un calo così di solito è uno strato dimenticato o un filtro rimasto attivo.",
    ),
    en=Wording(
        title="Many services fewer",
        one="Services fall from {before} to {after} (−{pct}%).",
        fix="Check that the export is complete.",
    ),
    fails=Example(rows=(LICEO,), accepted=(KNOWN, GONE)),
    passes=SAME,
)  # fmt: skip
def counts_hold(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group] | NotRun:
    """The number of services does not fall sharply against the last accepted delivery.

    Such a fall is usually a forgotten layer or a filter left on.
    """
    if context.accepted is None:
        return NotRun("CMP-02", "no_accepted")
    before, after = len(context.accepted), len(dataset)
    pct = 100 * (before - after) / before if before else 0.0
    if pct <= t["count_drop_pct"]:
        return []
    return [Group(params={"before": before, "after": after, "pct": round(pct)})]


@rule(
    "CMP-03", WARNING, ROW, params={"moved_m": 100.0},
    it=Wording(
        title="Servizio spostato",
        one="Riga {row}, {id}: spostato di {dist} m rispetto alla versione accettata.",
        many="{n} servizi sono lontani da dove erano (righe {rows}).",
        all="Tutti i {n} servizi sono lontani da dove erano: forse è cambiato il sistema di "
        "riferimento.",
        fix="Conferma lo spostamento, o dai un identificativo nuovo se è un altro servizio.",
        why="Se un identificativo noto si trova altrove o il servizio ha cambiato sede, o "
        "l'identificativo "
        "è stato dato a un altro.",
    ),
    en=Wording(
        title="Service moved",
        one="Row {row}, {id}: moved {dist} m from the accepted version.",
        many="{n} services are far from where they were (rows {rows}).",
        all="All {n} services are far from where they were: perhaps the reference system changed.",
        fix="Confirm the move, or give a new identifier if it is another service.",
    ),
    fails=Example(rows=({**LICEO, "geometry": "POINT (502000 5031000)"},), accepted=(KNOWN,)),
    passes=SAME,
)  # fmt: skip
def services_stay_in_place(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
    """A known identifier lies where it lay.

    Otherwise the service moved, or its identifier was given to another.
    """
    if context.accepted is None:
        return NotRun("CMP-03", "no_accepted")
    if not (dataset.has("identifier") or dataset.has("portal_key")):
        return NotRun("CMP-03", NO_COLUMN, {"field": "identifier"})
    found = links(dataset, context.accepted)
    rows = np.flatnonzero(found.by_key)
    known = context.accepted.frame.select("x", "y")[found.item[rows]].to_numpy()
    with np.errstate(invalid="ignore"):
        away = np.hypot(*(xy(dataset.points[rows]) - known.astype(float)).T)
        far = away > t["moved_m"]
    dist = pl.Series(away[far].round()).cast(pl.Int64)
    return Hits(rows[far], "", {"id": _ids(dataset, rows[far]), "dist": dist})


def _ids(dataset: Dataset, rows: Index) -> pl.Series:
    return pl.Series([dataset.label(int(row)) for row in rows], dtype=pl.String)


@rule(
    "CMP-04", WARNING, ROW,
    it=Wording(
        title="Categoria o valenza cambiata",
        one="Riga {row}, {id}: da {before} a {after}.",
        many="{n} servizi noti cambiano tipo o valenza (righe {rows}).",
        all="Tutti i {n} servizi noti cambiano tipo o valenza: forse la colonna è un'altra.",
        fix="Conferma, con un motivo.",
        why="Il tipo e la valenza decidono in quali conti entra il servizio: un cambio sposta i "
        "totali "
        "della zona.",
    ),
    en=Wording(
        title="Category or level changed",
        one="Row {row}, {id}: from {before} to {after}.",
        many="{n} known services change type or level (rows {rows}).",
        all="All {n} known services change type or level: perhaps it is another column.",
        fix="Confirm, with a reason.",
    ),
    fails=Example(rows=({**LICEO, "kind": "primaria", "fingerprint": "h"},), accepted=(KNOWN,)),
    passes=SAME,
)  # fmt: skip
def classes_hold(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits] | NotRun:
    """The type and the declared level of a known record are what they were.

    They decide in which figures the service counts: a change moves the zone's totals.
    """
    if context.accepted is None:
        return NotRun("CMP-04", "no_accepted")
    found = links(dataset, context.accepted)
    rows = np.flatnonzero((found.item >= 0) & ~found.unchanged)
    names = {kind.slug: kind.name for kind in dataset.taxonomy.kinds}
    answers = []
    for column in ("kind", "valence"):
        before = context.accepted.frame[column].gather(found.item[rows])
        after = dataset.frame[column].gather(rows)
        changed = ((before != after) & after.is_not_null()).fill_null(value=False)
        index = rows[changed.to_numpy()]
        said = {"before": before.filter(changed), "after": after.filter(changed)}
        told = {key: text.replace(names) for key, text in said.items()}
        answers.append(Hits(index, "", {"id": _ids(dataset, index), **told}))
    return answers


@rule(
    "CMP-08", INFO, COMPARISON,
    it=Wording(
        title="Nessuna differenza",
        one="Nessuna differenza con l'ultima versione accettata (un servizio).",
        many="Nessuna differenza con l'ultima versione accettata ({n} servizi).",
        fix="Conferma: si sposta la data di aggiornamento.",
        why="Dire che nulla è cambiato è un'informazione: chi legge sa che i dati valgono ancora.",
    ),
    en=Wording(
        title="No difference",
        one="No difference from the last accepted version (one service).",
        many="No difference from the last accepted version ({n} services).",
        fix="Confirm; the update date will move.",
    ),
    fails=SAME,
    passes=Example(rows=({**LICEO, "fingerprint": "h"},), accepted=(KNOWN,)),
)  # fmt: skip
def differences_are_told(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group] | NotRun:
    """A delivery equal to what is accepted is told to be so.

    That nothing changed is information: readers know that the data still hold.
    """
    if context.accepted is None:
        return NotRun("CMP-08", "no_accepted")
    same = len(dataset) == len(context.accepted) > 0
    if not same or not links(dataset, context.accepted).unchanged.all():
        return []
    return [Group(params={"n": len(dataset)})]
