"""How long what is kept: the table of periods, with a clock moved on, and the page of it."""

import datetime as dt
from importlib import import_module

import pytest
from axes.models import AccessAttempt, AccessLog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from deliveries.actions import intake, review
from deliveries.geocoding import search
from deliveries.models import Delivery, Finding, Proposal, Receipt
from notices.models import Event, Notice
from people import retention
from people.actions import NewInvitation, invite
from people.models import ApiToken, Invitation, RetentionRun, Role
from people.tokens import issue_token
from services.models import Record, Remark, Service
from tests import builders
from tests.services.catalogue import Thing, publish

pytestmark = pytest.mark.django_db
PERIOD = {one.key: one for one in retention.PERIODS}


def later(key: str, extra: int) -> None:
    """The night so many days after the period of `key` has passed (before it: negative)."""
    retention.forget_expired(timezone.now() + dt.timedelta(days=PERIOD[key].n + extra))


def kept_and_gone(key: str, there) -> bool:
    """Whether what `there` asks for is there the day before the period ends, and not after."""
    later(key, -1)
    before = there()
    later(key, 1)
    return bool(before) and not there()


def test_every_period_is_said_on_the_privacy_page(client):
    page = client.get("/privacy/").content.decode()
    for period in retention.periods():
        assert escape(str(period.what)) in page and escape(period.kept) in page
    assert "90 giorni" in page and "730 giorni" in page
    english = client.get("/en/privacy/").content.decode()
    assert "deleted after 90 days" in english


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3600, "at most 1 hour,"), (86_400, "at most 24 hours,"), (90, "at most 2 minutes,")],
)
def test_the_privacy_page_says_how_long_this_installation_keeps_a_check(
    client, settings, seconds, words
):
    settings.PRECHECK_SECONDS = seconds
    assert words in client.get("/en/privacy/").content.decode()


def test_the_privacy_page_names_who_else_is_asked(client, settings):
    def said() -> str:
        return " ".join(client.get("/en/privacy/").content.decode().split())

    assert "no requests to other sites" in said()
    settings.BASEMAP_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    assert "tiles.example.org" in said() and "no requests to other sites" not in said()


def test_every_step_is_of_a_period_and_of_the_app_whose_data_it_is():
    assert {*settings.RETENTION_STEPS} <= {*PERIOD}
    for key, path in settings.RETENTION_STEPS.items():
        module, _dot, name = path.rpartition(".")
        assert path.split(".")[0] == PERIOD[key].app
        assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("status", ["withdrawn", "superseded"])
def test_rows_findings_and_proposals_of_what_led_to_nothing_go(cast, status):
    delivery = builders.on_desk(cast, status=status)
    models = (Finding, Proposal)

    def there() -> list[bool]:
        return [model.objects.filter(delivery=delivery).exists() for model in models]

    assert all(there())
    delivery.proposals.filter(pk=delivery.proposals.first().pk).update(decision="refused")
    later("rows", -1)
    assert delivery.rows.count() == 3
    later("rows", 1)
    assert delivery.rows.count() == 1 and all(there())
    later("findings", -1)
    assert all(there())
    later("findings", 1)
    assert not any(there()) and not delivery.rows.exists()
    assert list(delivery.events.all()) == list(Event.objects.filter(subject_id=delivery.pk))


def test_rows_of_a_published_delivery_go_when_a_later_one_was_published(cast):
    first, second = builders.published(cast), builders.published(cast, rows=7, name="due.csv")
    assert kept_and_gone("published-rows", first.rows.exists)
    Finding.objects.create(delivery=first, code="ATT-08", severity="info")
    Finding.objects.create(delivery=second, code="ATT-08", severity="info")
    assert kept_and_gone("published-findings", first.findings.exists)
    assert second.findings.exists(), "its open questions stand in the package"
    assert Record.objects.filter(from_edition=first.edition).exists()


def test_cells_as_sent_and_contacts_of_past_records_go_and_what_was_shown_stays(cast):
    builders.published(cast)
    record = Record.objects.current().order_by("pk").first()
    Record.objects.filter(pk=record.pk).update(
        attributes={"email": "anna@libero.it", "owner": "Comune"}, withheld={"notes": "333"}
    )
    builders.published(cast, rows=6, name="due.csv", first_name="Biblioteca Uno")

    def raw():
        return Record.objects.get(pk=record.pk).raw

    assert kept_and_gone("raw", raw)
    past = Record.objects.get(pk=record.pk)
    assert (past.attributes, past.withheld) == ({"owner": "Comune"}, {})
    assert past.name == record.name
    assert Record.objects.current().first().raw


def test_the_contact_of_a_concluded_delivery_is_forgotten_on_its_receipt_too(cast):
    delivery = builders.published(cast)
    receipt = Receipt.objects.get(delivery=delivery)
    assert receipt.contact_email

    def contacts():
        delivery.refresh_from_db()
        receipt.refresh_from_db()
        return delivery.contact_email + receipt.contact_email + receipt.contact_name

    assert kept_and_gone("contacts", contacts)


def test_what_was_never_sent_is_withdrawn_and_later_its_file_goes(cast):
    delivery = builders.ready(cast)
    later("drafts", -1)
    delivery.refresh_from_db()
    assert delivery.status == "checked"
    later("drafts", 1)
    delivery.refresh_from_db()
    assert delivery.status == "withdrawn" and delivery.file
    assert "nessuno" in delivery.events.last().note
    later("files", 1)
    delivery.refresh_from_db()
    assert not delivery.file


@pytest.mark.parametrize(
    "touch",
    [
        lambda delivery, cast: review.message(delivery, user=cast.operator, text="Ci lavoro"),
        lambda delivery, cast: intake.take_over(delivery, user=cast.colleague),
        lambda delivery, cast: search.begin(delivery, by=cast.operator),
    ],
    ids=["message", "take over", "search"],
)
def test_a_draft_that_somebody_worked_on_is_not_withdrawn(cast, touch):
    """What is written beside a delivery leaves its own row as it was."""
    delivery = builders.ready(cast)
    touch(delivery, cast)
    long_ago = timezone.now() - dt.timedelta(days=100)
    Delivery.objects.filter(pk=delivery.pk).update(updated_at=long_ago)
    later("drafts", -1)
    delivery.refresh_from_db()
    assert delivery.status == "checked"
    later("drafts", 1)
    delivery.refresh_from_db()
    assert delivery.status == "withdrawn"


def test_sign_ins_and_wrong_passwords_are_forgotten():
    AccessLog.objects.create(username="a@x.example", ip_address="192.0.2.1")
    AccessAttempt.objects.create(username="a@x.example", failures_since_start=1)
    there = lambda: AccessLog.objects.count() + AccessAttempt.objects.count()  # noqa: E731
    assert kept_and_gone("sign-ins", there)


def test_a_session_ends_and_is_deleted(cast):
    Client().force_login(cast.operator)
    assert kept_and_gone("sessions", Session.objects.exists)


def test_invitations_and_keys_go_some_time_after_they_ended(cast):
    invite(cast.operator, NewInvitation("nuovo@x.example", Role.OPERATOR, cast.comune))
    issue_token(cast.operator, name="mia", scopes=["read"])
    Invitation.objects.update(expires_at=timezone.now())
    ApiToken.objects.update(revoked_at=timezone.now())
    assert kept_and_gone("invitations", Invitation.objects.exists)
    ApiToken.objects.all().delete()
    issue_token(cast.operator, name="mia", scopes=["read"])
    ApiToken.objects.update(expires_at=timezone.now())
    assert kept_and_gone("keys", ApiToken.objects.exists)


def test_notices_go_and_the_event_they_tell_of_stays(cast):
    builders.submitted(cast)
    events = Event.objects.count()
    assert kept_and_gone("letters", Notice.objects.exists)
    assert Event.objects.count() >= events


def test_letters_written_into_files_go(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    (tmp_path / "1.log").write_text("A: anna@x.example")
    assert kept_and_gone("letters", (tmp_path / "1.log").exists)


def test_the_text_of_a_remark_goes(cast):
    publish([Thing("Biblioteca Ariosto")])
    service = Service.objects.latest("pk")
    remark = Remark.objects.create(
        service=service, kind="other", text="Chiamami", outcome="wrong", closed_at=timezone.now()
    )

    def text():
        remark.refresh_from_db()
        return remark.text

    assert kept_and_gone("remarks", text)


def test_the_last_run_and_its_counts_are_there_for_the_office(cast):
    builders.ready(cast, status="withdrawn")
    later("files", 1)
    lines = {line.period.key: line.run for line in retention.runs()}
    assert lines.keys() == settings.RETENTION_STEPS.keys()
    assert (lines["files"].removed, lines["files"].total) == (1, 1)
    later("files", 2)
    again = RetentionRun.objects.get(pk="files")
    assert (again.removed, again.total) == (0, 1)


def test_a_step_that_fails_stops_no_other_and_leaves_a_reference(cast, caplog):
    delivery = builders.ready(cast, status="withdrawn")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE axes_accesslog RENAME TO elsewhere")
    later("files", 1)
    assert not Delivery.objects.get(pk=delivery.pk).file
    failed = RetentionRun.objects.get(pk="sign-ins")
    assert failed.error_reference and failed.error_reference in caplog.text


def test_a_night_whose_time_is_over_says_in_what_and_leaves_the_rest(cast, monkeypatch):
    def takes_too_long(_limit):
        raise SoftTimeLimitExceeded

    delivery = builders.ready(cast, status="withdrawn")
    monkeypatch.setattr("deliveries.retention.forget_files", takes_too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        later("rows", 1)
    assert RetentionRun.objects.get(pk="files").error_reference
    assert delivery.rows.exists()
