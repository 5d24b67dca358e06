"""Two operators of one comune at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from core.errors import DomainError
from deliveries.actions import intake
from deliveries.models import Delivery
from tests import builders

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
