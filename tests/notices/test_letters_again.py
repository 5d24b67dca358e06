"""Letters whose worker died, or whose server nobody reaches: none stays on its way for ever."""

import datetime as dt

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.utils import timezone

from core.queue import ORDINARY, waiting
from deliveries.actions import intake
from deliveries.models import Delivery
from notices import letters, tasks
from notices.models import Notice
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reachable():
    """Nobody remembers a server that was away."""
    cache.delete(tasks._AWAY)
    yield
    cache.delete(tasks._AWAY)


@pytest.fixture
def notice(cast) -> Notice:
    """One that is to be told by letter."""
    intake.take_over(builders.ready(cast), user=cast.colleague)
    found: Notice = Notice.objects.get(mail="due")
    return found


def later(**ahead: float) -> None:
    """As if the letters had waited so long."""
    for one in Notice.objects.all():
        one.mail_after -= dt.timedelta(**ahead)
        one.save(update_fields=["mail_after"])


def test_a_letter_whose_worker_died_goes_again_under_the_same_name(
    notice, monkeypatch, empty_queues
):
    names: list[str] = []

    def dies(letter: EmailMessage, **_options) -> int:
        names.append(letter.message()["Message-ID"])
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", dies)
        with pytest.raises(SystemExit):
            tasks.tell(notice.event_id)
    notice.refresh_from_db()
    assert (notice.mail, notice.attempts) == ("sending", 1)
    tasks.tell(notice.event_id)
    assert mail.outbox == [], "it may still be on its way"
    later(minutes=11)
    tasks.sweep()
    tasks.tell(notice.event_id)
    (sent,) = mail.outbox
    assert [sent.message()["Message-ID"]] == names
    assert names[0].endswith("@127.0.0.1>")
    notice.refresh_from_db()
    assert (notice.mail, notice.attempts) == ("sent", 2)


def test_a_letter_that_always_kills_is_given_up_and_counted(notice):
    Notice.objects.update(mail="sending", attempts=letters.MAX_ATTEMPTS)
    later(hours=1)
    tasks.sweep()
    assert Notice.objects.unsent().get() == notice
    tasks.tell(notice.event_id)
    assert mail.outbox == []


def test_a_server_that_nobody_reaches_is_left_in_peace(notice, cast, monkeypatch):
    """Each letter would wait for it, and the sweeps behind them."""
    intake.take_over(Delivery.objects.get(), user=cast.consultant)
    tried: list[int] = []

    def refuses(_letter: EmailMessage, **_options) -> int:
        tried.append(1)
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuses)
        for event in Notice.objects.values_list("event", flat=True).distinct():
            tasks.tell(event)
    assert len(tried) == 1
    cache.delete(tasks._AWAY)
    Notice.objects.update(mail_after=timezone.now())
    for event in Notice.objects.filter(mail="due").values_list("event", flat=True).distinct():
        tasks.tell(event)
    assert not Notice.objects.filter(mail__in=("due", "sending")).exists()


def test_a_refused_letter_keeps_its_pause_while_others_of_its_event_are_due(
    notice, cast, monkeypatch
):
    """All were given up one after another within half an hour, at a try a minute."""
    for person in (cast.colleague, cast.reviewer, cast.manager):
        Notice.objects.get_or_create(event=notice.event, person=person)
    Notice.objects.filter(event=notice.event).update(mail="due", mail_after=notice.at)

    def refuses(_letter: EmailMessage, **_options) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuses)
        for _sweep in range(2 * letters.MAX_ATTEMPTS):
            tasks.tell(notice.event_id)
            cache.delete(tasks._AWAY)
    tried = Notice.objects.filter(event=notice.event)
    assert {(one.mail, one.attempts) for one in tried} == {("due", 1)}
    later(minutes=2)
    tasks.tell(notice.event_id)
    assert {one.mail for one in tried.all()} == {"sent"}


def test_with_a_slow_server_the_other_sweeps_wait_for_one_turn(
    notice, cast, monkeypatch, empty_queues
):
    """Hundreds of letters waited in front of them."""
    for person in (cast.colleague, cast.reviewer, cast.manager):
        Notice.objects.get_or_create(event=notice.event, person=person)
    Notice.objects.filter(event=notice.event).update(mail="due")
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0)
    tasks.tell(notice.event_id)
    assert len(mail.outbox) == 1
    later(minutes=2)
    for sent in (2, 3):
        tasks.sweep()
        assert len(mail.outbox) == sent
        assert waiting(ORDINARY) == set(), "a sweep puts nothing in front of the others"


def test_a_task_whose_time_is_over_begins_no_other_letter(notice, cast, monkeypatch):
    Notice.objects.get_or_create(event=notice.event, person=cast.manager)
    Notice.objects.filter(event=notice.event).update(mail="due")

    def takes_too_long(_letter: EmailMessage, **_options) -> int:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(EmailMessage, "send", takes_too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.tell(notice.event_id)
    left = Notice.objects.filter(event=notice.event).order_by("attempts")
    assert [(one.mail, one.attempts) for one in left] == [("due", 0), ("due", 1)]
