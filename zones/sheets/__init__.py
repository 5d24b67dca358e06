"""The frame of every sheet: what a section is made of. Plain values; pages, PDF and JSON draw the
same ones."""

from zones.sheets.frame import (
    Bar,
    Cell,
    Chart,
    Column,
    Fact,
    Row,
    Section,
    Table,
    Territory,
    number,
    text,
)

__all__ = [
    "Bar",
    "Cell",
    "Chart",
    "Column",
    "Fact",
    "Row",
    "Section",
    "Table",
    "Territory",
    "number",
    "text",
]
