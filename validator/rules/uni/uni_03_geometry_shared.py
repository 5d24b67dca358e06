"""UNI-03: same geometry for different services."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.libraries import pl
from validator.rules.columns import Teller, binary, folded, repeated
from validator.rules.context import RuleContext
from validator.rules.declaration import GROUP, WARNING, rule
from validator.rules.examples import rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

TRIANGLE = "POLYGON ((501000 5031000, 501100 5031000, 501100 5031100, 501000 5031000))"


@rule(
    "UNI-03",
    WARNING,
    GROUP,
    params={"shared_site_services": 4},
    it=Wording(
        title="Stessa geometria per servizi diversi",
        one="Righe {where} ({who}): stessa geometria, attributi diversi.",
        many="{n} geometrie sono usate da più servizi diversi.",
        fix="Se i servizi hanno la stessa sede rispondi «È "
        "giusto così»; se no metti ognuno al suo posto.",
        why="Due servizi diversi con la stessa identica geometria possono avere "
        "la stessa sede, oppure una riga è stata copiata senza spostarla.",
    ),
    en=Wording(
        title="Same geometry for different services",
        one="Rows {where} ({who}): same geometry, different attributes.",
        many="{n} geometries are used by several different services.",
        fix="If the services share a site answer 'It is "
        "right as it is'; if not place each on its own.",
    ),
    fails=rows(
        {"name": "Liceo", "geometry": TRIANGLE},
        {"name": "Palestra", "geometry": TRIANGLE},
    ),
    passes=rows(
        {"name": "Liceo", "geometry": "POINT (501000 5031000)"},
        {"name": "Palestra", "geometry": "POINT (501000 5031050)"},
    ),
)
def geometries_are_not_shared(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Different services do not share one identical geometry.

    They may share a site, or a row was copied and not moved. A point shared by many is GEO-12's.
    """
    points = shapely.get_type_id(dataset.geometry) == 0
    most, tell, content = t["shared_site_services"], Teller(dataset), _content(dataset)
    return [
        tell.group(same)
        for same in same_geometries(dataset)
        if not (points[same[0]] and len(same) > most) and len({content[i] for i in same}) > 1
    ]


def same_geometries(dataset: Dataset) -> list[list[int]]:
    """Groups of rows whose geometry is byte for byte the same."""
    return repeated(binary(dataset.geometry).to_frame("wkb"))


def _content(dataset: Dataset) -> list[int]:
    """A number per row, equal where name and type are."""
    name = folded(dataset.frame["name"]).alias("folded")
    what = dataset.frame.select(pl.struct(name, "kind", "type").rank("dense"))
    numbers: list[int] = what.to_series().to_list()
    return numbers
