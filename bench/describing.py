"""The work of `bench.real_data`, on the throw-away database that it has made."""

import csv
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
from django.utils import timezone

import bench.portal  # noqa: F401  # sets Django up: must come first
from deliveries.checks.examination import CheckRequest, Examination, examine
from deliveries.reports import document
from services.actions import plan_source
from services.selectors import taxonomy
from validator.interpreting.kinds import recognise
from validator.interpreting.lexicon import Lexicon
from validator.reading.errors import Unreadable
from validator.taxonomy import Taxonomy
from zones.models import Municipality

PAGE = Path(__file__).resolve().parents[1] / "docs" / "real-data.md"
MILANO = "015146"
PLANS = {
    "pds_costruito_sesto_san_giovanni.zip": "015209",
    "pds_costruito_legnano.gpkg": "015118",
    "pds_costruito_rho.csv": "015182",
}
HIDDEN = ("CATEGORIA", "TIPOLOGIA")
LEGEND = "palermo_legenda_classi_attese.csv"
#: What the legend's hand-made classes are called in the taxonomy, where the words differ.
PALERMO = {"Aree verdi > 5000 mq se superficie": "Aree a verde pubblico > 5.000 mq"}
HEAD = """# Real files through the check

Written by `python -m bench.real_data FOLDER`; do not edit. Every file of `piani` (plans) and
`servizi` (registers) of the folder of real files, delivered as it is: the constructed plans by
their own comune, all others by Milano, so files from elsewhere in Italy are expected far away.

"Used" is the reference system the check worked with and why; findings are counted by code
(RULES.md).

"""


def delivered(path: Path, *, hide: tuple[str, ...] = ()) -> Examination:
    """The file as its comune would deliver it, some columns hidden if asked. Raises Unreadable."""
    comune = Municipality.objects.get(pk=PLANS.get(path.name, MILANO))
    options = {"columns": {"": dict.fromkeys(hide)}} if hide else {}
    source, day = plan_source(comune), timezone.localdate()
    return examine(CheckRequest(path, path.name, source, day, options))


def table(folder: Path) -> Iterator[str]:
    """One line per file."""
    yield "| file | rows | layers | declared → used | encoding | findings |"
    yield "|---|---:|---|---|---|---|"
    for path in sorted(folder.iterdir()):
        if path.suffix == ".md":
            continue
        began = time.monotonic()
        try:
            line = _line(delivered(path), path.name)
        except Unreadable as refusal:
            told = document.document(document.refused(refusal, path.name), language="en")
            line = f"0 | | | | refused: {told['findings'][0]['code']}"
        yield f"| {path.name} | {line} |"
        # Seconds are printed and not written: the page is to change only where an answer does.
        print(f"{time.monotonic() - began:5.1f} s ", path.name, line, flush=True)


def _line(found: Examination, name: str) -> str:
    told = document.document(document.of_examination(found, name), language="en")
    read = [layer for layer in told["layers"] if layer["read"]]
    left = len(told["layers"]) - len(read)
    layers = f"{len(read)}" + (f" (+{left} left out)" if left else "")
    systems = Counter(_system(layer["crs"]) for layer in read)
    encodings = Counter(layer["encoding"] or "" for layer in read)
    counts = ", ".join(f"{code} {n}" for code, n in told["counts"].items())
    return (
        f"{told['rows']:,} | {layers} | {_most(systems)} | {_most(encodings)} | {counts or 'none'}"
    )


def _system(crs: Mapping[str, str | None]) -> str:
    why = crs["why"] or ""
    return f"{crs['declared'] or 'none'} → {crs['used'] or 'none'}: {why}"


def _most(counted: Counter[str]) -> str:
    return "; ".join(text for text, _n in counted.most_common(3)).replace("|", "/")


def folded(text: str) -> str:
    """Letters only, as two spellings of one label agree."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if one.isascii())
    return bare.casefold().replace("'", "").strip()


def types(folder: Path, known: Taxonomy, *, hide: tuple[str, ...] = ()) -> Counter[str]:
    """Rows of the constructed plans whose type is that of the truth file, another one, or none."""
    counts: Counter[str] = Counter()
    for name in PLANS:
        truth_file = folder / f"{name.partition('.')[0]}_verita.csv"
        with truth_file.open(encoding="utf-8") as file:
            truth = {row["ID"]: row["voce_attesa"] for row in csv.DictReader(file)}
        rows = delivered(folder / name, hide=hide).dataset.frame.select("identifier", "kind")
        for identifier, slug in rows.iter_rows():
            kind = known.kind(slug)
            if kind is None:
                counts["unrecognised"] += 1
            else:
                same = folded(kind.label) == folded(truth[identifier])
                counts["right" if same else "wrong"] += 1
    return counts


def legend(path: Path, known: Taxonomy) -> Counter[str]:
    """Rows of Palermo's layers by what the check makes of their class, against the list."""
    rows = pl.read_csv(path, infer_schema=False)
    texts = rows.select(type_code="ZTO", type=pl.col("DESCRIZION").replace("", None))
    found = recognise(texts, Lexicon.of(known), "palermo_prg")["kind"]
    counts: Counter[str] = Counter()
    for row, slug in zip(rows.iter_rows(named=True), found, strict=True):
        expected, many, kind = row["voce_attesa"], int(row["n"]), known.kind(slug)
        if kind is None:
            counts["unrecognised"] += many
        elif kind.supra:
            same = PALERMO.get(expected, expected) == kind.label
            counts["right" if same else "wrong"] += many
        else:
            local = expected.startswith(("locale", "nessuna"))
            counts["right" if local else "wrong"] += many
    return counts


def figures(folder: Path) -> Iterator[str]:
    """How many types were recognised."""
    known = taxonomy()
    yield "| what | rows | right | wrong | unrecognised (to review) |"
    yield "|---|---:|---:|---:|---:|"
    measured = {
        "constructed plans, all columns": types(folder, known),
        "constructed plans, CATEGORIA and TIPOLOGIA hidden": types(folder, known, hide=HIDDEN),
        "Palermo's legend (rows of its layers)": legend(folder / LEGEND, known),
    }
    for what, counts in measured.items():
        rows = counts.total()
        cells = (
            f"{counts[k]} ({counts[k] / rows:.1%})" for k in ("right", "wrong", "unrecognised")
        )
        yield f"| {what} | {rows} | {' | '.join(cells)} |"


def write(folder: Path) -> None:
    lines = [HEAD + "## Plans", "", *table(folder / "piani"), "", "## Registers", ""]
    lines += [
        *table(folder / "servizi"),
        "",
        "## Types recognised",
        "",
        *figures(folder / "piani"),
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
