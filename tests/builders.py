"""Deliveries for tests, made the way the product makes
them: received, checked by the pipeline, submitted."""

import datetime as dt
import random
from collections.abc import Sequence

import shapely
from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from deliveries import tasks, workflow
from deliveries.actions import intake, review
from deliveries.checks.submission import SubmissionStatement
from deliveries.models import Delivery, Finding, Proposal, Receipt, StagedRow
from deliveries.publishing import acceptance
from deliveries.states import DeliveryStatus, Verb
from services.actions import plan_source
from tests.processes import wait_for
from zones.models import Municipality

HEADER = "ID;TIPOLOGIA;DENOMINAZIONE;INDIRIZZO;STATO;SUP_FOND;COORD_X;COORD_Y"


def statement(**fields) -> SubmissionStatement:
    today = timezone.localdate()
    given = {
        "act": "Delibera C.C. n. 12 del 03/02/2025",
        "act_date": today - dt.timedelta(days=100),
        "reference_date": today - dt.timedelta(days=10),
        "contact_name": "Ufficio di piano",
        "contact_email": "piano@comune.example",
    }
    return SubmissionStatement(**{**given, **fields})


def places(comune: str, n: int, seed: int = 1) -> list[tuple[float, float]]:
    """Points inside the comune, well away from its boundary, EPSG:32632."""
    outline = shapely.from_wkb(bytes(Municipality.objects.get(pk=comune).geometry.wkb))
    core, draw, found = shapely.buffer(outline, -400), random.Random(seed), []
    west, south, east, north = core.bounds
    while len(found) < n:
        x, y = round(draw.uniform(west, east), 2), round(draw.uniform(south, north), 2)
        if core.contains(shapely.Point(x, y)):
            found.append((x, y))
    return found


#: Corners in metres of an outline that crosses itself.
BOW_TIE = ((0, 0), (90, 90), (90, 0), (0, 40))


def area_file(comune: str, corners: Sequence[tuple[float, float]]) -> SimpleUploadedFile:
    """A CSV with one park, its outline as text; corners in metres from a place of the comune."""
    x, y = places(comune, 1)[0]
    ring = ", ".join(f"{x + east} {y + north}" for east, north in (*corners, corners[0]))
    lines = "ID;TIPOLOGIA;DENOMINAZIONE;STATO;WKT\n"
    lines += f"P1;Parco;Parco Adriano;esistente;POLYGON (({ring}))"
    return SimpleUploadedFile("piano.csv", lines.encode(), content_type="text/csv")


def plan_file(
    rows: int = 6,
    *,
    comune: str = "015209",
    wrong_status: tuple[int, ...] = (),
    without_act: tuple[int, ...] = (),
    name: str = "piano.csv",
    first_name: str = "Biblioteca 1",
) -> SimpleUploadedFile:
    """A CSV of libraries; rows of `wrong_status` have
    an error, those of `without_act` a warning."""
    lines = [HEADER]
    for number, (x, y) in enumerate(places(comune, rows), 1):
        status = "chissà" if number in wrong_status else "esistente"
        status = "previsto" if number in without_act else status
        title = first_name if number == 1 else f"Biblioteca di quartiere {number}"
        lines.append(f"B{number:03d};Biblioteca;{title};via Roma {number};{status};1200;{x};{y}")
    return SimpleUploadedFile(name, "\n".join(lines).encode(), content_type="text/csv")


def checked(cast, file: SimpleUploadedFile | None = None, **kwargs) -> Delivery:
    """A delivery of Sesto by its operator, checked in this process."""
    received = intake.receive(cast.operator, sender=cast.comune, file=file or plan_file(**kwargs))
    tasks.check_delivery(str(received.delivery.pk))
    return at_rest(received.delivery)


def at_rest(delivery: Delivery) -> Delivery:
    """The delivery once nobody works on it: a worker beside the test may have been quicker."""
    working = Delivery.objects.filter(
        pk=delivery.pk,
        status__in=(DeliveryStatus.RECEIVED, DeliveryStatus.CHECKING, DeliveryStatus.PUBLISHING),
    )
    wait_for(lambda: not working.exists())
    return Delivery.objects.get(pk=delivery.pk)


def submitted(cast, file: SimpleUploadedFile | None = None, **kwargs) -> Delivery:
    delivery = checked(cast, file, **kwargs)
    review.submit(delivery, user=cast.operator, statement=statement(only_correct_rows=True))
    return delivery


def in_review(cast, file: SimpleUploadedFile | None = None, **kwargs) -> Delivery:
    delivery = submitted(cast, file, **kwargs)
    review.take(delivery, user=cast.reviewer)
    return delivery


def published(cast, file: SimpleUploadedFile | None = None, **kwargs) -> Delivery:
    return publish(submitted(cast, file, **kwargs), cast)


def publish(delivery: Delivery, cast) -> Delivery:
    """Taken, accepted whole and published as the worker does."""
    review.take(delivery, user=cast.reviewer)
    decide(delivery, cast)
    return publish_decided(delivery)


def decide(delivery: Delivery, cast) -> None:
    """Accepted whole and closed by the reviewer who has taken it."""
    review.decide_in_bulk(delivery, user=cast.reviewer, rule="all_pending", decision="accepted")
    review.close(delivery, user=cast.reviewer)


def publish_decided(delivery: Delivery) -> Delivery:
    """Published as the worker does, or sent back to the desk."""
    lease = workflow.take(
        delivery.pk, begin=Verb.BEGIN_PUBLICATION, resume=Verb.RESUME_PUBLICATION
    )
    if lease is not None:
        acceptance.publish(lease)
    return at_rest(delivery)


COLUMNS = (
    ("ID", "identifier"),
    ("TIPOLOGIA", "type"),
    ("DENOMINAZIONE", "name"),
    ("STATO", "status"),
)


def ready(cast, *, rows: int = 3, status: str = "checked", **fields) -> Delivery:
    """A checked delivery written straight into the tables: quick, for pages and permissions.

    Row 1 is kept out by an error (ATT-07), row 2 has
    a warning (ATT-08), a place and both its words.
    """
    delivery = Delivery.objects.create(
        source=plan_source(cast.comune),
        by=cast.operator,
        status=status,
        file_name="piano.csv",
        file_size=1234,
        sha256="ab" * 32,
        row_count=rows,
        error_count=1,
        warning_count=1,
        blocked_count=1,
        checked_at=timezone.now(),
        rule_set="1.0",
        mapping={"piano": {"shape": "x", "columns": [_match(*pair) for pair in COLUMNS]}},
        facts={"layers": [_layer(rows)], "others": []},
        outcome={"ran": ["ATT-07", "ATT-08", "GEO-01"], "not_run": [], "file_blocked": False},
        **fields,
    )
    delivery.file.save("original", ContentFile(b"ID;TIPOLOGIA\n"))
    StagedRow.objects.bulk_create(
        _row(delivery, n, place) for n, place in enumerate(places(cast.comune.pk, rows), 1)
    )
    Finding.objects.create(
        delivery=delivery, code="ATT-07", severity="error", layer="piano",
        rows=[1], column="STATO",
        params={"value": "chissà", "expected": "esistente, previsto, in attuazione, dismesso"},
    )  # fmt: skip
    Finding.objects.create(
        delivery=delivery, code="ATT-08", severity="warning", layer="piano",
        rows=[2], column="STATO",
        position=StagedRow.objects.get(delivery=delivery, row=2).point,
    )  # fmt: skip
    return delivery


def on_desk(cast, *, rows: int = 3, status: str = "in_review", **fields) -> Delivery:
    """A delivery in review written straight into the tables, one `new` proposal per good row."""
    delivery = ready(
        cast,
        rows=rows,
        status=status,
        submitted_at=timezone.now(),
        submitted_by=cast.operator,
        **fields,
    )
    good = delivery.rows.filter(blocked=False)
    Proposal.objects.bulk_create(
        Proposal(delivery=delivery, staged_row=row, kind="new") for row in good
    )
    Receipt.objects.create(
        delivery=delivery,
        number=f"STTM-{delivery.pk.hex[:8]}",
        sha256=delivery.sha256,
        by=cast.operator,
    )
    return delivery


def _layer(rows: int) -> dict:
    why = {"code": "absent", "params": {}}
    crs = {"declared": None, "declared_name": "", "used": 32632, "why": why}
    return {"name": "piano", "rows": rows, "encoding": "utf-8", "crs": crs}


def _match(column: str, field: str) -> dict:
    return {
        "column": column,
        "field": field,
        "confidence": 0.95,
        "samples": ["uno"],
        "doubtful": False,
    }


def _row(delivery: Delivery, number: int, place: tuple[float, float]) -> StagedRow:
    point = Point(*place, srid=32632)
    status = {1: None, 2: "previsto"}.get(number, "esistente")
    sent = {1: "chissà"}.get(number, status)
    key, name = f"B{number:03d}", f"Biblioteca {number}"
    understood = {"identifier": key, "type": "Biblioteca", "name": name, "status": status}
    return StagedRow(
        delivery=delivery,
        layer="piano",
        row=number,
        identifier=key,
        fingerprint=f"f{number}",
        name=name,
        kind="biblioteche",
        blocked=number == 1,
        geometry=point,
        point=point,
        raw={"ID": key, "TIPOLOGIA": "Biblioteca", "DENOMINAZIONE": name, "STATO": sent},
        attributes=understood,
    )
