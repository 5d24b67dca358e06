"""Letters through a real worker and a real SMTP conversation: after the commit, again when the
mail server is away, never twice."""

import socketserver
import threading
from dataclasses import dataclass, field

import pytest
from django.conf import settings

from deliveries.actions import intake
from deliveries.models import Delivery
from notices import tasks
from notices.models import Notice
from sttm2.celery import app
from tests import builders
from tests.processes import wait_for

pytestmark = [pytest.mark.worker, pytest.mark.slow]


@dataclass
class Server:
    """A mail server that refuses the first `refusals` letters and keeps the others."""

    refusals: int = 0
    letters: list[str] = field(default_factory=list)
    asked: int = 0


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs (RFC 5321)."""

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline():
            verb = line.decode().split()[0].upper() if line.strip() else ""
            if verb == "QUIT":
                self.say("221 bye")
                return
            self.say(self.data() if verb == "DATA" else "250 ok")

    def data(self) -> str:
        self.say("354 go on")
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line
        box: Server = self.server.box
        box.asked += 1
        if box.asked <= box.refusals:
            return "451 later"
        box.letters.append(text.decode())
        return "250 kept"


@pytest.fixture(scope="module")
def postbox_server():
    """A running mail server on a port of its own."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def postbox(postbox_server):
    """What that server is asked and keeps, from nothing on."""
    postbox_server.box = Server()
    return postbox_server.box


@pytest.fixture
def posting_worker(committed_db, postbox, postbox_server, standing_worker):
    """A worker that sends by that server."""
    standing_worker.ready(
        STTM2_SMTP_HOST="127.0.0.1",
        STTM2_SMTP_PORT=str(postbox_server.server_address[1]),
        STTM2_SMTP_TLS="false",
        STTM2_PUBLIC_URL="https://portale.example.org",
    )
    yield standing_worker
    standing_worker.settle()


def mails() -> list[str]:
    return sorted(Notice.objects.values_list("mail", flat=True))


def test_a_check_that_ends_is_told_by_letter_once(live_cast, posting_worker, postbox):
    intake.receive(live_cast.operator, sender=live_cast.comune, file=builders.plan_file(4))
    wait_for(lambda: postbox.letters)
    notice = Notice.objects.get()
    wait_for(lambda: mails() == ["sent"])
    for _again in range(3):
        tasks.tell.delay(notice.event_id)
        tasks.sweep.delay()
    delivery = Delivery.objects.get()
    # The queue is in order: when this second letter is there, the repetitions have been had.
    intake.take_over(delivery, user=live_cast.colleague)
    wait_for(lambda: mails() == ["sent", "sent"])
    assert len(postbox.letters) == 2
    first = postbox.letters[0]
    assert "To: operatore@sesto.example" in first
    assert f"https://portale.example.org/consegne/{delivery.pk}/controlli/" in first
    assert "Content-Type: text/plain" in first


def test_a_server_that_is_away_gets_the_letter_later(live_cast, posting_worker, postbox):
    postbox.refusals = 1
    delivery = builders.ready(live_cast)
    intake.take_over(delivery, user=live_cast.colleague)
    wait_for(lambda: Notice.objects.filter(attempts=1, mail="due").exists())
    assert postbox.letters == []
    Notice.objects.update(mail_after=Notice.objects.get().at)
    tasks.sweep.delay()
    wait_for(lambda: mails() == ["sent"])
    assert len(postbox.letters) == 1


def test_what_the_broker_lost_is_swept_up(live_cast, posting_worker, postbox):
    posting_worker.kill()
    delivery = builders.ready(live_cast)
    intake.take_over(delivery, user=live_cast.colleague)
    app.control.purge()
    assert mails() == ["due"]
    posting_worker.start()
    Notice.objects.update(mail_after=Notice.objects.get().at)
    tasks.sweep.delay()
    wait_for(lambda: mails() == ["sent"])
    assert len(postbox.letters) == 1


def test_without_a_mail_server_letters_are_files(live_cast, worker):
    delivery = builders.ready(live_cast)
    intake.take_over(delivery, user=live_cast.colleague)
    wait_for(lambda: mails() == ["sent"])
    folder = settings.MEDIA_ROOT / "mail"
    assert "Un collega continua la tua consegna" in "".join(
        path.read_text(encoding="utf-8") for path in folder.iterdir()
    )
