"""Programmes, projects and shares of fixtures/funding.json, amounts as each source states them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from funding.models import Programme, Project, Share
from zones.management.reference import FIXTURES, Loaded, upsert

PROGRAMME_FIELDS = [
    "name",
    "kind",
    "act",
    "year",
    "amount",
    "amount_certainty",
    "project_count",
    "description",
    "source",
    "order",
]
PROJECT_FIELDS = [
    "programme",
    "title",
    "description",
    "amount",
    "amount_certainty",
    "status",
    "source",
]


@dataclass(frozen=True)
class _ProjectRow:
    """One project of the fixture with the slug of its programme."""

    programme: str
    project: dict[str, Any]


def load_funding() -> list[Loaded]:
    """Write programmes, projects and shares; a share without comune is what cannot be placed."""
    text = (FIXTURES / "funding.json").read_text(encoding="utf-8")
    programmes = json.loads(text)["programmes"]
    given = [
        _ProjectRow(row["slug"], project) for row in programmes for project in row["projects"]
    ]
    return [
        upsert(list(_programmes(programmes)), key=["slug"], fields=PROGRAMME_FIELDS),
        upsert(list(_projects(given)), key=["code"], fields=PROJECT_FIELDS),
        upsert(
            list(_shares(given)),
            key=["project", "municipality"],
            fields=["percentage", "amount", "note"],
        ),
    ]


def _programmes(rows: list[dict[str, Any]]) -> Iterator[Programme]:
    for order, row in enumerate(rows, start=1):
        given = {name: value for name, value in row.items() if name not in {"projects", "amount"}}
        yield Programme(**given, amount=_euro(row["amount"]), order=order)


def _projects(given: list[_ProjectRow]) -> Iterator[Project]:
    for item in given:
        row = {
            name: value for name, value in item.project.items() if name not in {"shares", "amount"}
        }
        yield Project(programme_id=item.programme, amount=_euro(item.project["amount"]), **row)


def _shares(given: list[_ProjectRow]) -> Iterator[Share]:
    keys = dict(Project.objects.values_list("code", "pk"))
    for item in given:
        for share in item.project["shares"]:
            yield Share(
                project_id=keys[item.project["code"]],
                municipality_id=share["istat"],
                percentage=_euro(share.get("percentage")),
                amount=_euro(share["amount"]),
                note=share["note"],
            )


def _euro(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
