"""What bin/chaos says before it does anything, and that it sees what it looks for: a run that was
harmed for good ends with 1 and names it. The run itself is the continuous integration's."""

import subprocess
import sys
from pathlib import Path

import pytest

from chaos import files
from chaos.desk import Answer, Api
from chaos.invariants import look
from chaos.stream import Ledger, Sent
from deliveries.models import Delivery
from notices.models import Notice
from services.models import Record
from tests import builders

ROOT = Path(__file__).resolve().parents[2]


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chaos", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_it_names_the_kinds_of_harm_and_refuses_others():
    named = program("--list").stdout.splitlines()
    assert {"Redis flushed", "disk full", "publication fails", "workers killed"} <= set(named)
    refused = program("1", "--only", "rain")
    assert refused.returncode == 2
    assert "unknown: rain" in refused.stderr


class Silent(Api):
    """A portal that tells each delivery as it stands."""

    def get(self, path: str, key: str = "") -> Answer:
        status = Delivery.objects.get(pk=path.split("/")[1]).status
        return Answer(200, {"status": status, "meaning": "in parole", "error_reference": ""})


@pytest.fixture
def accepted(cast, settings, tmp_path) -> Ledger:
    """One delivery that was published, and the ledger of whoever sent it."""
    settings.MEDIA_ROOT = tmp_path
    file = builders.plan_file(4)
    made = files.Made("piano.csv", file.read(), frozenset(f"B{n:03d}" for n in range(1, 5)))
    file.seek(0)
    delivery = builders.published(cast, file)
    Delivery.objects.filter(pk=delivery.pk).update(idempotency_key="k")
    Notice.objects.update(mail=Notice.Mail.SENT)  # by a worker, which is not here
    return Ledger([Sent("015209", "k", made, str(delivery.pk))], {"k": made})


def broken(ledger: Ledger) -> list[str]:
    held = look(ledger, Silent(0), {"015209": ""})
    return [one.words for one in held if one.broken]


def test_what_came_through_is_told_to_be_whole(accepted):
    assert broken(accepted) == []


def another_file(delivery: Delivery) -> None:
    Delivery.objects.update(sha256="0" * 64)


def still_moving(delivery: Delivery) -> None:
    Delivery.objects.update(status="publishing")


def sent_by_nobody(delivery: Delivery) -> None:
    Delivery.objects.update(idempotency_key="another")


def a_row_less(delivery: Delivery) -> None:
    Record.objects.order_by("pk").first().delete()


def in_dead_hands(delivery: Delivery) -> None:
    Delivery.objects.update(lease_token=delivery.pk)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (another_file, "every accepted delivery is there, with the file that was sent"),
        (still_moving, "each ended, or waits for a person and says so"),
        (sent_by_nobody, "none is there twice, none that nobody sent"),
        (a_row_less, "what is published is what its file says, row by row"),
        (in_dead_hands, "no work is in dead hands, none overdue"),
    ],
)
def test_what_was_lost_or_left_hanging_is_named(accepted, harm, said):
    harm(Delivery.objects.get())
    assert said in broken(accepted)
