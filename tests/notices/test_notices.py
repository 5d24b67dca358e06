"""Who is told what, in the portal and by e-mail: once, in their language, and only
while their mandate holds."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from deliveries import workflow
from deliveries.actions import intake, review
from deliveries.models import Delivery
from deliveries.states import Verb
from notices import tasks
from notices.letters import letter
from notices.models import Notice
from people.models import Post
from people.tokens import issue_token
from tests import builders
from tests.deliveries.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/avvisi/"


def told(user) -> list[str]:
    """The verbs a person was told of, oldest first."""
    return list(
        Notice.objects.filter(person=user).order_by("pk").values_list("event__verb", flat=True)
    )


def send(notices=None) -> None:
    """The letters that are due, as the worker sends them."""
    for event in (
        (notices or Notice.objects.filter(mail="due")).values_list("event", flat=True).distinct()
    ):
        tasks.tell(event)


def test_who_uploaded_is_told_once_that_the_check_is_over(cast):
    delivery = builders.checked(cast)
    assert told(cast.operator) == ["finish_check"]
    assert told(cast.colleague) == told(cast.neighbour) == told(cast.reviewer) == []
    intake.recheck(delivery, user=cast.operator)
    lease = workflow.take(delivery.pk, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
    workflow.finish(lease, Verb.FINISH_CHECK)
    assert told(cast.operator) == ["finish_check"], "mending in the browser is no news"


def test_the_comune_hears_of_what_the_office_did_and_the_actor_does_not_hear_themselves(cast):
    delivery = builders.submitted(cast)
    assert told(cast.operator) == ["finish_check"], "the sender knows that they sent"
    assert told(cast.colleague) == told(cast.reviewer) == told(cast.manager) == ["submit"]
    review.take(delivery, user=cast.reviewer)
    review.send_back(delivery, user=cast.reviewer, note="Manca la biblioteca di via Roma.")
    assert told(cast.operator)[-1] == told(cast.colleague)[-1] == "send_back"
    assert told(cast.reviewer) == ["submit"]
    assert told(cast.consultant) == told(cast.neighbour) == []


def test_decided_and_published_reach_both_operators(cast):
    builders.published(cast)
    assert told(cast.operator)[-2:] == told(cast.colleague)[-2:] == ["decide", "publish"]


def test_a_message_goes_to_the_other_side_alone(cast):
    delivery = builders.on_desk(cast, reviewer=cast.reviewer)
    review.message(delivery, user=cast.reviewer, text="Di che anno è il rilievo?")
    assert told(cast.operator) == told(cast.colleague) == ["message"]
    assert told(cast.reviewer) == told(cast.manager) == []
    review.message(delivery, user=cast.operator, text="Del 2024.")
    assert told(cast.reviewer) == ["message"]
    assert told(cast.manager) == [], "the delivery has its reviewer"
    assert told(cast.colleague) == ["message"]


def test_who_had_the_delivery_is_told_that_a_colleague_goes_on(cast):
    delivery = builders.ready(cast)
    intake.take_over(delivery, user=cast.colleague)
    assert told(cast.operator) == ["take_over"]
    assert told(cast.colleague) == []


def test_differences_computed_anew_are_the_reviewers_news(cast):
    delivery = builders.on_desk(cast, status="publishing", reviewer=cast.reviewer)
    workflow.move(delivery, Verb.PUBLISH_PART, note="ricalcolate")
    assert told(cast.reviewer) == ["publish_part"]
    assert told(cast.operator) == []


def test_a_person_whose_mandate_ended_hears_and_sees_nothing_more(cast):
    delivery = builders.ready(cast)
    workflow.record(delivery, "message", by=cast.reviewer, note="Prima")
    client = Client()
    client.force_login(cast.operator)
    assert "Prima" in client.get(PAGE).content.decode()
    cast.operator.mandates.update(revoked_at=timezone.now())
    workflow.record(delivery, "message", by=cast.reviewer, note="Dopo")
    assert told(cast.operator) == ["message"]
    page = client.get(PAGE).content.decode()
    assert "Prima" not in page
    assert (
        client.get(f"{PAGE}{Notice.objects.filter(person=cast.operator).get().pk}/").status_code
        == 404
    )


def test_a_letter_is_plain_text_in_the_persons_language_with_the_sites_own_address(cast, settings):
    settings.PUBLIC_URL = "https://portale.example.org"
    cast.operator.language = "en"
    cast.operator.save()
    delivery = builders.submitted(cast)
    review.take(delivery, user=cast.reviewer)
    Notice.objects.update(mail="sent")
    review.send_back(delivery, user=cast.reviewer, note="Manca la biblioteca <di> via Roma.")
    send()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {cast.operator.email, cast.colleague.email}
    english, italian = letters[cast.operator.email], letters[cast.colleague.email]
    assert english.subject == "The office returned the delivery: Sesto San Giovanni"
    assert italian.subject == "L'ufficio ha restituito la consegna: Sesto San Giovanni"
    assert f"https://portale.example.org/en/consegne/{delivery.pk}/" in english.body
    assert f"https://portale.example.org/consegne/{delivery.pk}/" in italian.body
    assert "«Manca la biblioteca <di> via Roma.»" in italian.body
    assert "https://portale.example.org/profilo/#messages-title" in italian.body
    assert (italian.content_subtype, italian.attachments) == ("plain", [])
    assert italian.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_letter_of_a_check_says_the_verdict(cast):
    builders.checked(cast, wrong_status=(2,))
    send()
    assert "1 riga da correggere; le altre 5 puoi già inviarle." in mail.outbox[-1].body
    assert "/controlli/" in mail.outbox[-1].body


def test_a_line_break_in_a_name_does_not_reach_the_subject(cast):
    delivery = builders.ready(cast)
    type(cast.comune).objects.filter(pk=cast.comune.pk).update(name="Sesto\nBcc: x@y.example")
    workflow.record(delivery, "message", by=cast.reviewer, note="Ciao")
    subjects = {letter(notice).subject for notice in Notice.objects.with_event()}
    assert subjects == {"Nuovo messaggio: Sesto Bcc: x@y.example"}


def test_twice_the_same_task_sends_one_letter(cast):
    delivery = builders.ready(cast)
    event = workflow.record(delivery, "message", by=cast.reviewer, note="Una volta")
    tasks.tell(event.pk)
    tasks.tell(event.pk)
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        cast.colleague.email,
        cast.operator.email,
    ]
    assert set(Notice.objects.values_list("mail", flat=True)) == {"sent"}


def test_a_claim_left_by_a_dead_worker_is_not_sent_twice(cast):
    delivery = builders.ready(cast)
    event = workflow.record(delivery, "message", by=cast.reviewer, note="x")
    Notice.objects.update(mail="sending")
    tasks.tell(event.pk)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("wish", "letters"), [(Post.ALL, ["own", "other"]), (Post.MINE, ["own"]), (Post.NONE, [])]
)
def test_each_person_chooses_what_comes_by_mail_and_reads_all_in_the_portal(cast, wish, letters):
    cast.operator.post = wish
    cast.operator.save()
    cast.colleague.post = Post.NONE
    cast.colleague.save()
    own = builders.ready(cast)
    workflow.record(own, "message", by=cast.reviewer, note="own")
    Delivery.objects.filter(pk=own.pk).update(by=cast.colleague)
    own.refresh_from_db()
    workflow.record(own, "message", by=cast.reviewer, note="other")
    send()
    assert [w for w in ("own", "other") for one in mail.outbox if f"«{w}»" in one.body] == letters
    assert told(cast.operator) == ["message", "message"]


def test_the_profile_keeps_the_choices(client, cast):
    client.force_login(cast.operator)
    page = client.get("/profilo/").content.decode()
    assert 'name="post"' in page and 'name="language"' in page
    assert client.post("/profilo/messaggi/", {"post": "mine", "language": "en"}).status_code == 302
    cast.operator.refresh_from_db()
    assert (cast.operator.post, cast.operator.language) == ("mine", "en")
    assert (
        client.post("/profilo/messaggi/", {"post": "ogni ora", "language": "en"}).status_code
        == 422
    )
    assert client.get("/profilo/messaggi/").status_code == 405


def test_the_bell_counts_and_reading_empties_it(client, cast):
    delivery = builders.ready(cast)
    for note in ("uno", "due"):
        workflow.record(delivery, "message", by=cast.reviewer, note=note)
    client.force_login(cast.operator)
    page = text(client.get(PAGE))
    assert '2<span class="visually-hidden"> da leggere' in page
    first = Notice.objects.filter(person=cast.operator).first()
    assert client.get(f"{PAGE}{first.pk}/").url == f"/consegne/{delivery.pk}/"
    assert '1<span class="visually-hidden"> da leggere' in text(client.get(PAGE))
    client.post(f"{PAGE}letti/")
    assert "da leggere</span>" not in text(client.get(PAGE))
    assert Notice.objects.filter(person=cast.colleague, read_at=None).count() == 2


def test_nobody_reads_the_notices_of_others(client, cast):
    delivery = builders.ready(cast)
    workflow.record(delivery, "message", by=cast.reviewer, note="riservato")
    notice = Notice.objects.filter(person=cast.operator).get()
    assert client.get(PAGE).status_code == 302
    client.force_login(cast.neighbour)
    assert "riservato" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}{notice.pk}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_api_lists_notices_and_marks_them_read(cast):
    delivery = builders.ready(cast)
    for note in ("uno", "due", "tre"):
        workflow.record(delivery, "message", by=cast.reviewer, note=note)
    key = issue_token(cast.operator, name="x", scopes=["read", "upload"])
    client = Client(headers={"authorization": f"Bearer {key}"})
    first = client.get("/api/v1/notices/?limit=2").json()
    assert first["unread"] == 3
    assert [one["quoted"] for one in first["results"]] == ["tre", "due"]
    assert first["results"][0]["title"] == "Nuovo messaggio"
    assert first["results"][0]["path"] == f"/consegne/{delivery.pk}/"
    second = client.get(first["next"]).json()
    assert [one["quoted"] for one in second["results"]] == ["uno"]
    body = {"ids": [first["results"][0]["id"]]}
    assert client.post("/api/v1/notices/read/", body, content_type="application/json").json() == {
        "read": 1
    }
    assert client.get("/api/v1/notices/?unread=1").json()["unread"] == 2
    assert client.post("/api/v1/notices/read/", {}, content_type="application/json").json() == {
        "read": 2
    }
    assert Client().get("/api/v1/notices/").status_code == 401


def test_the_sweeper_takes_up_what_is_due_and_leaves_what_waits(cast):
    delivery = builders.ready(cast)
    due = workflow.record(delivery, "message", by=cast.reviewer, note="persa")
    waiting = workflow.record(delivery, "message", by=cast.reviewer, note="appena scritta")
    Notice.objects.filter(event=due).update(mail_after=timezone.now() - dt.timedelta(seconds=1))
    found = list(Notice.objects.due().order_by().values_list("event", flat=True).distinct())
    assert found == [due.pk]
    assert waiting.pk not in found
