"""`bin/manage verify_installation`: a whole installation is said to be whole, and each kind of
damage is named where it is."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from deliveries.models import Delivery
from people.models import User
from services.models import Edition
from sttm2 import tasks, verification
from tests import builders
from tests.conftest import _cast


@dataclass(frozen=True)
class Installation:
    """What stands in it: one published delivery, and one that waits on the desk."""

    published: Delivery
    waiting: Delivery
    edition: Edition


@pytest.fixture(scope="module")
def standing(
    django_db_setup, django_db_blocker, reader, tmp_path_factory
) -> Iterator[Installation]:
    """One for all tests here, with files of its own; nothing of it stays."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        yield made(_cast())
        transaction.set_rollback(True)


@pytest.fixture
def installation(standing) -> Iterator[Installation]:
    """Whole before each test, in rows and files."""
    media, kept = Path(settings.MEDIA_ROOT), Path(f"{settings.MEDIA_ROOT}-kept")
    shutil.copytree(media, kept)
    with transaction.atomic():
        yield standing
        transaction.set_rollback(True)
    shutil.rmtree(media)
    kept.rename(media)


def made(cast) -> Installation:
    published = builders.published(cast, builders.plan_file(4))
    waiting = builders.submitted(cast, builders.plan_file(5, first_name="Teatro Uno"))
    return Installation(published, waiting, Edition.objects.latest("pk"))


def verified(capsys) -> tuple[int, dict[str, dict]]:
    """The exit code, and what was found by name."""
    code = 0
    try:
        call_command("verify_installation", "--json")
    except SystemExit as end:
        code = int(str(end.code))
    told = json.loads(capsys.readouterr().out)
    return code, {one["name"]: one for one in told["requirements"]}


def sql(statement: str, **values: object) -> None:
    """Done behind the portal's back: no key and no constraint stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_whole_installation_is_told_to_be_whole(installation, capsys):
    code, found = verified(capsys)
    assert {name: one["named"] for name, one in found.items() if one["found"]} == {}
    assert (code, len(found)) == (0, 14)
    call_command("verify_installation")
    assert "Tutto a posto (14 verifiche)." in capsys.readouterr().out


def no_constraint(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute(f"DROP INDEX IF EXISTS {name}")


def lost_original(here: Installation) -> str:
    default_storage.delete(here.published.file.name)
    return str(here.published.pk)


def other_original(here: Installation) -> str:
    path = Path(default_storage.path(here.published.file.name))
    path.write_bytes(path.read_bytes() + b"x")
    return str(here.published.pk)


def rowless_file(here: Installation) -> str:
    name = f"deliveries/{here.published.pk}/altro"
    path = Path(default_storage.path(name))
    path.write_bytes(b"x")
    old = (timezone.now() - dt.timedelta(days=3)).timestamp()
    os.utime(path, (old, old))
    return name


def undecided(here: Installation) -> str:
    here.published.proposals.update(decision="pending")
    return str(here.published.pk)


def accepted_and_unpublished(here: Installation) -> str:
    one = here.published.proposals.first()
    here.published.proposals.filter(pk=one.pk).update(published_in=None)
    return str(here.published.pk)


def second_edition(here: Installation) -> str:
    sql(
        "INSERT INTO services_edition (source_id, number, published_at, act, delivery, file_name,"
        " sha256, rule_set, counts, note) SELECT source_id, number + 1, now(), '', delivery, '',"
        " '', '', '{}', '' FROM services_edition WHERE id = %(id)s",
        id=here.edition.pk,
    )
    return str(here.published.pk)


def edition_of_nobody(here: Installation) -> str:
    sql("UPDATE services_edition SET delivery = gen_random_uuid()")
    return f"edition {here.edition.pk}"


def another_status(here: Installation) -> str:
    Delivery.objects.filter(pk=here.waiting.pk).update(status="returned")
    return str(here.waiting.pk)


def lost_row(here: Installation) -> str:
    here.waiting.rows.last().delete()
    return str(here.waiting.pk)


def dead_hands(here: Installation) -> str:
    token, long_ago = here.waiting.pk, timezone.now() - dt.timedelta(hours=1)
    rows = Delivery.objects.filter(pk=here.waiting.pk)
    rows.update(lease_token=token, lease_until=long_ago)
    return f"Delivery {here.waiting.pk}"


def beyond_any_clock(here: Installation) -> str:
    ahead = timezone.now() + dt.timedelta(days=2)
    Delivery.objects.filter(pk=here.waiting.pk).update(lease_until=ahead)
    return f"Delivery {here.waiting.pk}"


def record_of_another_source(here: Installation) -> str:
    sql("UPDATE services_edition SET source_id = source_id + 1")
    return "record "


def record_of_no_edition(here: Installation) -> str:
    sql("UPDATE services_record SET from_edition_id = 987654")
    return "record "


def nothing_in_force(here: Installation) -> str:
    sql("UPDATE services_servicestate SET valid_to = valid_from + interval '1 s'")
    return "s-"


def two_in_force(here: Installation) -> str:
    no_constraint("services_servicestate", "state_one_open")
    no_constraint("services_servicestate", "state_no_overlap")
    copy_first_state("valid_from + interval '1 s'")
    return "s-"


def copy_first_state(begun: str, ended: str = "valid_to") -> None:
    same = (
        "service_id, public_id, name, kind_id, category_id, level, status, declared, proposed,"
        " validated, confirmed, criteria_set_id, reasons, override_reason, municipality_id,"
        " address, attributes, origins, in_reading_1, in_reading_2, is_demonstration, accuracy,"
        " geometry, point, confirmed_on"
    )
    sql(
        f"INSERT INTO services_servicestate ({same}, valid_from, valid_to) SELECT {same},"
        f" {begun}, {ended} FROM services_servicestate ORDER BY id LIMIT 1"
    )


def retired_and_shown(here: Installation) -> str:
    sql("UPDATE services_service SET retired_at = now()")
    return "s-"


def overlapping(here: Installation) -> str:
    no_constraint("services_servicestate", "state_no_overlap")
    copy_first_state("valid_from - interval '1 d'", "valid_from + interval '1 h'")
    return "s-"


def anothers_code(here: Installation) -> str:
    sql("UPDATE services_servicestate SET public_id = 's-zzzzzzzz'")
    return "s-"


def other_sums(here: Installation) -> str:
    sql("UPDATE services_edition SET counts = counts || '{\"created\": 99}'")
    return "created 99, 4"


def lost_record(here: Installation) -> str:
    sql("DELETE FROM services_record WHERE id = (SELECT max(id) FROM services_record)")
    return "records 4, 3"


def counted_less(here: Installation) -> str:
    sql("UPDATE services_statecount SET n = n + 1")
    return "015209"


def cell_elsewhere(here: Installation) -> str:
    sql("UPDATE services_cellcount SET sum_x = sum_x + 50 WHERE zoom = 11")
    return "z11/"


def unknown_word(here: Installation) -> str:
    sql("DELETE FROM services_searchword WHERE word = 'quartiere'")
    return "quartiere"


def letter_half_sent(here: Installation) -> str:
    sql("UPDATE notices_notice SET mail = 'sending', mail_after = now() - interval '2 h'")
    return "notice "


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("originals", lost_original),
        ("originals", other_original),
        ("rowless-files", rowless_file),
        ("decisions", undecided),
        ("decisions", accepted_and_unpublished),
        ("publications", second_edition),
        ("publications", edition_of_nobody),
        ("log", another_status),
        ("rows", lost_row),
        ("leases", dead_hands),
        ("leases", beyond_any_clock),
        ("records", record_of_another_source),
        ("records", record_of_no_edition),
        ("open-states", nothing_in_force),
        ("open-states", two_in_force),
        ("open-states", retired_and_shown),
        ("states", overlapping),
        ("states", anothers_code),
        ("sums", other_sums),
        ("sums", lost_record),
        ("counts", counted_less),
        ("counts", cell_elsewhere),
        ("words", unknown_word),
        ("letters", letter_half_sent),
    ],
)
def test_each_kind_of_damage_is_named_where_it_is(installation, capsys, name, damage):
    named = damage(installation)
    code, found = verified(capsys)
    assert code == 1
    assert any(named in thing for thing in found[name]["named"]), found[name]
    assert found[name]["mend"]


def test_words_say_what_is_wrong_and_what_to_do(installation, capsys):
    lost_original(installation)
    with pytest.raises(SystemExit) as end:
        call_command("verify_installation")
    told = capsys.readouterr().out
    assert end.value.code == 1
    assert "NO  Ogni file consegnato è conservato com'è arrivato" in told
    assert f"{installation.published.pk} {installation.published.file.name}: manca" in told
    assert "→ Rimetti i file indicati" in told
    assert "Non va: 1 di 14 verifiche." in told


def test_a_file_that_is_being_sent_is_no_damage(installation, capsys):
    folder = f"deliveries/{installation.published.pk}"
    Path(default_storage.path(f"{folder}/.part-1")).write_bytes(b"x")
    assert verified(capsys)[0] == 0


def test_what_cannot_be_looked_at_does_not_hold(installation, capsys, monkeypatch):
    closed = PermissionError("not yours")
    monkeypatch.setattr(default_storage, "open", lambda *_args: (_ for _ in ()).throw(closed))
    code, found = verified(capsys)
    assert (code, found["originals"]["found"]) == (1, 1)
    assert "not yours" in found["originals"]["named"][0]
    assert found["states"]["found"] == 0


def test_one_whose_time_is_over_keeps_what_it_found_and_says_what_is_left(
    installation, monkeypatch
):
    lost_original(installation)

    def takes_too_long(*_args):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(default_storage, "listdir", takes_too_long)
    tasks.verify()
    first, *left = verification.last().requirements
    assert "manca" in first.named[0]
    assert len(left) == 13
    assert {*left[0].named, *left[-1].named} == {"Verifica non riuscita: il suo tempo è finito"}


def test_the_nightly_one_is_kept_for_the_office(installation):
    tasks.verify()
    assert verification.last().wrong == []
    lost_original(installation)
    tasks.verify()
    assert [one.name for one in verification.last().wrong] == ["originals"]


def state_of_the_portal(reviewer: User, path: str = "/istruttoria/stato/") -> str:
    client = Client()
    client.force_login(reviewer)
    return " ".join(client.get(path).content.decode().split())


def test_the_office_reads_what_was_found_and_what_to_do(installation):
    reviewer = installation.published.reviewer
    assert "La fanno ogni notte i lavori di fondo" in state_of_the_portal(reviewer)
    tasks.verify()
    assert "Che cosa non va" in state_of_the_portal(reviewer)
    lost_original(installation)
    tasks.verify()
    page = state_of_the_portal(reviewer)
    assert "Ogni file consegnato è conservato com&#x27;è arrivato" in page
    assert "Rimetti i file indicati al loro posto" in page
    english = state_of_the_portal(reviewer, "/en/istruttoria/stato/")
    assert "Put the files that are named back" in english
    Path(default_storage.path(verification.KEPT)).write_text("{")
    assert "La fanno ogni notte i lavori di fondo" in state_of_the_portal(reviewer)


def test_the_office_reads_that_a_backup_is_without_originals(installation):
    told = {"made": timezone.now().isoformat(), "missing": 3}
    Path(default_storage.path("last-backup.json")).write_text(json.dumps(told))
    page = state_of_the_portal(installation.published.reviewer)
    assert "File originali che mancano" in page
    assert "Rimettili da una copia precedente." in page
