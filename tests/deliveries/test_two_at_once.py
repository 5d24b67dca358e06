"""Two operators of one comune at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from core.bounds import bounded
from core.errors import DomainError
from deliveries import tasks
from deliveries.actions import answers, intake
from deliveries.models import Delivery
from tests import builders
from tests.processes import wait_for

pytestmark = [pytest.mark.worker, pytest.mark.slow]


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each act came to, all begun at the same instant: "done", or the code of the refusal."""
    start, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(turn: int) -> None:
        try:
            start.wait(30)
            acts[turn]()
            ends[turn] = "done"
        except DomainError as error:
            ends[turn] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(ends)


def test_two_files_at_once_leave_one_delivery_and_a_clear_word(live_cast):
    def send(user, name):
        file = builders.plan_file(3, first_name=name)
        return lambda: intake.receive(user, sender=live_cast.comune, file=file)

    ends = at_once(send(live_cast.operator, "Uno"), send(live_cast.colleague, "Due"))
    assert ends == ["done", "open-delivery"]
    delivery = Delivery.objects.get()
    assert delivery.file.storage.exists(delivery.file.name)


def test_two_who_take_over_at_once_leave_one_holder_and_both_acts_in_the_log(live_cast):
    delivery = builders.ready(live_cast)
    takers = (live_cast.colleague, live_cast.consultant)

    def take(user):
        mine = Delivery.objects.get(pk=delivery.pk)
        return lambda: intake.take_over(mine, user=user)

    assert at_once(*(take(user) for user in takers)) == ["done", "done"]
    delivery.refresh_from_db()
    last = delivery.events.filter(verb="take_over").last()
    assert delivery.by == last.by
    assert {event.by for event in delivery.events.filter(verb="take_over")} == set(takers)
    assert last.payload["was"] == delivery.events.filter(verb="take_over").first().by_id


def test_a_withdrawal_and_a_new_check_at_once_end_in_one_state_that_the_log_tells(live_cast):
    delivery = builders.ready(live_cast)
    acts = (
        lambda: intake.withdraw(Delivery.objects.get(pk=delivery.pk), user=live_cast.operator),
        lambda: intake.recheck(Delivery.objects.get(pk=delivery.pk), user=live_cast.colleague),
    )
    ends = at_once(*acts)
    assert "done" in ends
    assert set(ends) <= {"done", "wrong-state", "not-editable"}
    delivery.refresh_from_db()
    assert delivery.status == delivery.events.last().to_status == "withdrawn"


@contextmanager
def compared_meanwhile(delivery: Delivery) -> Iterator[None]:
    """The comparison ahead of the delivery has begun and gets no further while the block runs;
    what that did is stored before it goes on."""

    def compare() -> None:
        try:
            tasks.compare_delivery(str(delivery.pk), delivery.turn)
        finally:
            connection.close()

    def is_held() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks"
                " WHERE NOT granted AND relation = 'services_record'::regclass)"
            )
            return bool(cursor.fetchone()[0])

    comparing = threading.Thread(target=compare)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE services_record IN ACCESS EXCLUSIVE MODE")
        comparing.start()
        wait_for(is_held)
        with bounded(10, locks=3):
            yield
    comparing.join(60)


def take_over(delivery: Delivery, cast) -> None:
    intake.take_over(delivery, user=cast.colleague)


def withdraw(delivery: Delivery, cast) -> None:
    intake.withdraw(delivery, user=cast.operator)


def let_out(delivery: Delivery, cast) -> None:
    answers.answer(delivery, user=cast.operator, code="ATT-15", reason="È un recapito dell'ente")


@pytest.mark.parametrize(("act", "made"), [(take_over, 2), (withdraw, 0), (let_out, 0)])
def test_nobody_waits_while_a_large_delivery_is_compared(live_cast, act, made):
    delivery = builders.ready(live_cast)
    delivery.rows.filter(row=2).update(
        name="", private={"name": "Rossi 333 1234567"}, attributes={"name": None}
    )
    delivery.findings.create(
        code="ATT-15", severity="warning", layer="piano", rows=[2], params={"withheld": "name"}
    )
    with compared_meanwhile(delivery):
        act(Delivery.objects.get(pk=delivery.pk), live_cast)
    assert delivery.proposals.count() == made, "what is no longer true is not written down"
    tasks.compare_delivery(str(delivery.pk), delivery.turn)
    assert delivery.proposals.count() == (0 if act is withdraw else 2)
