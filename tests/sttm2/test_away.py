"""A running portal whose database or Redis goes away and comes back, and its roles in the
database; with a PostgreSQL and a Redis of its own, to be stopped."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.portal_processes import Web
from tests.processes import ROOT, wait_for
from tests.throwaway import Postgres, Redis

pytestmark = pytest.mark.slow
#: Pages, API and tiles that anybody may read; of the services, those of the demonstration.
PUBLIC = (
    *("/", "/servizi/", "/servizi/?q=biblioteca", "/servizi/in-vista/?bbox=9,45,9.5,45.6"),
    *("/servizi/{service}/", "/servizi/{service}/riquadro/", "/servizi/{service}/segnala/"),
    *("/zone/", "/zone/nord-milano/", "/zone/confronto/", "/comuni/", "/comuni/015209/"),
    *("/lum/", "/lum/{lum}/", "/finanziamenti/", "/finanziamenti/{programme}/", "/atlante/"),
    *("/dati/", "/progetto/", "/accessibilita/", "/privacy/", "/contatti/", "/regole/"),
    *("/regole/STR-02/", "/en/regole/ATT-15/"),
    *("/verifica/", "/accesso/login/", "/en/", "/en/servizi/", "/api/", "/api/v1/"),
    *("/api/v1/schema/", "/api/v1/layers/", "/api/v1/services/?limit=5&al=2026-11-01"),
    *("/api/v1/services/{service}/", "/api/v1/services/export.csv", "/api/v1/municipalities/"),
    *("/api/v1/zones/", "/api/v1/categories/", "/api/v1/sources/", "/api/v1/editions/"),
    *("/tiles/zone/8/134/91.mvt", "/tiles/servizi/12/2152/1464.mvt"),
)


@dataclass
class Alone:
    """A portal with servers of its own."""

    postgres: Postgres
    redis: Redis
    web: Web
    environment: dict[str, str]

    def get(self, path: str, **headers: str) -> requests.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(self.web.address + path, headers=sent, timeout=30)

    def answers(self, path: str) -> bool:
        return self.get(path).status_code == 200

    def manage(self, *words: str) -> str:
        environment = {
            **os.environ,
            **self.environment,
            "DATABASE_URL": self.postgres.url("sttm2"),
        }
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    def asked(self, statement: str, role: str = "sttm2") -> str:
        """What the database says to a role, errors too."""
        command = f'pg_sql -d sttm2 -U {role} -c "{statement}" 2>&1 || true'
        return self.postgres.shell(command).strip()

    def public(self) -> list[str]:
        """The public addresses, filled with what there is."""
        found = {
            "service": self.asked("SELECT min(public_id) FROM services_service"),
            "lum": self.asked("SELECT min(code) FROM lum_lum"),
            "programme": self.asked("SELECT min(slug) FROM funding_programme"),
        }
        return [path.format(**found) for path in PUBLIC]


@pytest.fixture(scope="module")
def alone(django_db_setup, django_db_blocker) -> Iterator[Alone]:
    postgres, redis = Postgres(), Redis()
    environment = {
        "DATABASE_APP_URL": postgres.url("sttm2_app"),
        "DATABASE_READ_URL": postgres.url("sttm2_read"),
        "REDIS_URL": redis.url,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BROWSER_CACHE": "alone",
        "STTM2_MODE": "demo",
    }
    # The web knows nothing of the owner.
    web = Web(**environment, DATABASE_URL="")
    try:
        redis.start()
        postgres.start()
        with django_db_blocker.unblock():
            postgres.take("demonstration")
        made = Alone(postgres, redis, web, environment)
        made.manage("migrate")
        web.ready()
        yield made
    finally:
        web.kill()
        redis.remove()
        postgres.remove()


def test_anonymous_reads_need_no_more_than_the_readers_role(alone):
    told = {path: alone.get(path).status_code for path in alone.public()}
    assert {path: status for path, status in told.items() if status != 200} == {}


INVENTED = [
    ("/servizi/", {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}),
    ("/en/servizi/", {"Cookie": "sessionid=x", "Authorization": "Bearer x"}),
    ("/api/v1/services/", {"Authorization": "Bearer sttm2_0123abcd_made-up"}),
    ("/api/v1/services/", {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}),
    ("/servizi/", {"Authorization": "Basic eDp5"}),
]


def test_who_invents_a_session_or_a_key_gets_no_more_than_the_readers_role(alone):
    """While the application's role may not even read them, the services are shown."""
    alone.asked("REVOKE SELECT ON services_service FROM sttm2_app")
    try:
        assert "denied" in alone.asked("SELECT count(*) FROM services_service", "sttm2_app")
        told = [alone.get(path, **headers).status_code for path, headers in INVENTED]
    finally:
        alone.asked("GRANT SELECT ON services_service TO sttm2_app")
    assert told == [200] * len(INVENTED)
    private = alone.get("/api/v1/uploads/", Authorization="Bearer sttm2_0123abcd_made-up")
    assert private.status_code == 401


def test_a_session_that_is_not_is_forgotten_by_the_browser(alone):
    page = alone.get("/servizi/", Cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345")
    assert 'sessionid=""' in page.headers["Set-Cookie"]
    assert page.headers["Cache-Control"] == "private, no-store"


def test_links_that_were_sent_by_mail_open_without_an_account(alone):
    """They look at what the reader's role may not see, or are of nobody."""
    alone.manage("demo_accounts")
    secret = "a-link-sent-by-mail"
    alone.asked(
        "INSERT INTO people_invitation (email, role, scope, token_hash, invited_by_id,"
        " created_at, expires_at) SELECT 'nuova@cmm.example', 'reviewer', '{}',"
        f" '{hashlib.sha256(secret.encode()).hexdigest()}', min(id), now(), now() + '1 day'"
        " FROM people_user"
    )
    told = {
        f"{language}/invito/{word}/": alone.get(f"{language}/invito/{word}/").status_code
        for language in ("", "/en")
        for word in (secret, "made-up")
    }
    expected = {path: 200 if secret in path else 404 for path in told}
    assert told == expected
    gone = "UPDATE people_invitation SET expires_at = now() - interval '1 day'"
    alone.asked(gone)
    assert alone.get(f"/invito/{secret}/").status_code == 409
    assert alone.get("/segnalazioni/made-up/").status_code == 404
    assert alone.get("/verifica/made-up/").status_code == 404


def test_what_came_of_a_remark_is_read_without_an_account(alone):
    service = alone.asked("SELECT min(public_id) FROM services_service")
    form, visitor = f"{alone.web.address}/servizi/{service}/segnala/", requests.Session()
    said = {"kind": "closed", "text": "È chiusa.", "csrfmiddlewaretoken": token(visitor, form)}
    page = visitor.post(form, data=said, timeout=30)
    outcome = page.url.removeprefix(alone.web.address)
    assert alone.get(outcome).status_code == 200
    closed = "UPDATE services_remark SET outcome = 'right', closed_at = now(), answer = 'Fatto.'"
    alone.asked(closed + ", closed_by_id = (SELECT min(id) FROM people_user)")
    answered = alone.get(outcome)
    assert (answered.status_code, "Fatto." in answered.text) == (200, True)


def test_who_has_no_account_follows_a_check_that_waits(alone):
    """Nobody takes it here: what is told of the queue is read by the reader's role too."""
    file = {"file": ("piano.csv", b"ID;TIPOLOGIA\n1;Biblioteca\n")}
    address = alone.web.address + "/api/v1/checks/"
    sent = requests.post(address, data={"municipality": "015209"}, files=file, timeout=30)
    assert sent.status_code == 202
    token = sent.json()["id"]
    waits = alone.get(f"/api/v1/checks/{token}/")
    assert (waits.status_code, waits.json()["status"]) == (202, "waiting")
    for path in (f"/verifica/{token}/", f"/verifica/{token}/avanzamento/"):
        assert alone.get(path).status_code == 200


def test_what_a_reader_asks_is_asked_as_the_reader(alone):
    """Seen from the server: after anonymous pages both roles have connections, after a reader's
    only page no other has a statement later than it."""
    since = alone.asked("SELECT clock_timestamp()")
    alone.get("/servizi/")
    said = alone.asked(
        "SELECT usename, query FROM pg_stat_activity"
        f" WHERE datname = 'sttm2' AND query ~ 'services_' AND query_start > '{since}'"
    )
    assert "sttm2_read" in said
    assert "sttm2_app" not in said


@pytest.mark.parametrize("role", ["sttm2_app", "sttm2_read"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (a int)",
        "DROP TABLE services_record",
        "ALTER TABLE services_record ADD mine int",
        "TRUNCATE services_record",
        "INSERT INTO django_migrations VALUES (0, 'a', 'b', now())",
        "CREATE ROLE mine",
        "COPY services_record TO PROGRAM 'true'",
    ],
)
def test_neither_role_changes_tables(alone, role, statement):
    assert re.search("permission denied|must be|read-only", alone.asked(statement, role))


def test_the_application_writes_and_makes_temporary_tables(alone):
    statement = (
        "CREATE TEMP TABLE mine AS SELECT 1; ANALYZE mine; DELETE FROM services_record WHERE false"
    )
    assert "denied" not in alone.asked(statement, "sttm2_app")


def test_the_application_has_the_owner_refresh_statistics(alone):
    when = "SELECT last_analyze IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'lum_lum'"
    alone.asked("SELECT pg_stat_reset()")
    assert "denied" not in alone.asked(
        "SELECT refresh_statistics(ARRAY['lum_lum', 'no_such'])", "sttm2_app"
    )
    assert wait_for(lambda: alone.asked(when) == "t")
    assert "denied" in alone.asked("SELECT refresh_statistics(ARRAY['lum_lum'])", "sttm2_read")


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("DELETE FROM services_remark", "read-only"),
        ("SELECT count(*) FROM people_user", "denied"),
        ("SELECT count(*) FROM django_session", "denied"),
        ("SELECT count(*) FROM mfa_authenticator", "denied"),
        ("SELECT contact_email FROM deliveries_delivery", "denied"),
        ("SELECT contact_name FROM deliveries_receipt", "denied"),
        ("SELECT private FROM deliveries_stagedrow", "denied"),
        ("SELECT withheld FROM services_record", "denied"),
        ("SELECT raw FROM services_record", "denied"),
        ("BEGIN READ WRITE; DELETE FROM services_remark", "denied"),
    ],
)
def test_a_reader_writes_nothing_and_knows_nobody(alone, statement, word):
    assert word in alone.asked(statement, "sttm2_read")


def signed_in(alone: Alone, password: str) -> requests.Session:
    visitor, door = requests.Session(), f"{alone.web.address}/accesso/login/"
    form = {"login": "istruttore@cmm.example", "password": password}
    form["csrfmiddlewaretoken"] = token(visitor, door)
    visitor.post(door, data=form, timeout=30)
    return visitor


def token(visitor: requests.Session, page: str) -> str:
    """Of the form on a page."""
    words = visitor.get(page, timeout=30).text
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', words)[1]


def test_without_redis_all_is_read_and_people_sign_in(alone):
    password = re.search(r"(\S+-\S+-\S+)", alone.manage("demo_accounts"))[1]
    alone.redis.kill()
    alone.redis.socket.unlink(missing_ok=True)
    try:
        told = {path: alone.get(path).status_code for path in alone.public()}
        assert {path: status for path, status in told.items() if status != 200} == {}
        visitor = signed_in(alone, password)
        desk = visitor.get(f"{alone.web.address}/istruttoria/", timeout=30)
        assert (desk.status_code, desk.url) == (200, f"{alone.web.address}/istruttoria/")
        service = alone.asked("SELECT min(public_id) FROM services_service")
        form = f"{alone.web.address}/servizi/{service}/segnala/"
        said = {"kind": "closed", "text": "È chiusa.", "csrfmiddlewaretoken": token(visitor, form)}
        remark = visitor.post(form, data=said, timeout=30)
        assert (remark.status_code, remark.url == form) == (200, False)
    finally:
        alone.redis.start()


def test_without_database_it_is_said_and_all_comes_back_by_itself(alone):
    alone.get("/servizi/")
    alone.postgres.stop()
    try:
        page = alone.get("/servizi/")
        assert page.status_code == 503
        assert int(page.headers["Retry-After"]) > 0
        assert page.headers["Content-Type"].startswith("text/html")
        assert 'lang="it"' in page.text
        assert "non raggiunge i suoi dati" in page.text
        assert "cannot reach its data" in alone.get("/en/servizi/").text
        problem = alone.get("/api/v1/services/", Accept_Language="en")
        assert problem.status_code == 503
        assert problem.headers["Content-Type"] == "application/problem+json"
        assert problem.json()["code"] == "away"
        assert "cannot reach its data" in problem.json()["detail"]
        tile = alone.get("/tiles/servizi/12/2152/1464.mvt")
        assert (tile.status_code, tile.content) == (503, b"")
        assert "Retry-After" in tile.headers
        assert all(one.headers["Cache-Control"] == "private, no-store" for one in (page, tile))
        signed = requests.get(
            f"{alone.web.address}/istruttoria/", cookies={"sessionid": "x" * 32}, timeout=30
        )
        assert signed.status_code == 503
        assert alone.get("/healthz").status_code == 200
        assert alone.get("/readyz").status_code == 503
    finally:
        alone.postgres.start()
    told = {path: alone.get(path).status_code for path in alone.public()}
    assert {path: status for path, status in told.items() if status != 200} == {}


def test_out_of_connections_is_said_too(alone):
    """As with a stopped server, but that it answers: with a refusal."""
    alone.asked("ALTER ROLE sttm2_read CONNECTION LIMIT 0")
    alone.asked(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sttm2_read'"
    )
    try:
        assert {alone.get("/servizi/").status_code for _ in range(4)} == {503}
    finally:
        alone.asked("ALTER ROLE sttm2_read CONNECTION LIMIT -1")
    assert wait_for(lambda: alone.answers("/servizi/"))


def test_a_statement_of_a_page_has_an_end(alone):
    """A row that another holds, a table that another changes: words after some seconds."""
    holder = subprocess.Popen(
        ["bash", "-ec", ". bin/lib/env.sh test; . bin/lib/postgres.sh;"
         f" RUN={alone.postgres.run} PG_PORT=5432; pg_sql -d sttm2 -c "
         "'BEGIN; LOCK TABLE lum_lum IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)'"],
        cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    try:
        locked = "SELECT count(*) FROM pg_locks WHERE relation = 'lum_lum'::regclass AND granted"
        wait_for(lambda: alone.asked(locked + " AND mode = 'AccessExclusiveLock'") == "1")
        answer = alone.get("/lum/")
        assert answer.status_code == 503
        assert "sta scrivendo" in answer.text
        assert answer.elapsed.total_seconds() < 20
    finally:
        alone.asked(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ 'pg_sleep'"
        )
        holder.wait(20)
    assert wait_for(lambda: alone.answers("/lum/"))
