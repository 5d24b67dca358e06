"""To whom answers belong: what is not public is kept by nobody and read by no other site."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deliveries import precheck
from people.tokens import issue_token
from services.models import Remark, Service
from sttm2.public import KEPT_BY_NOBODY
from tests import builders, world
from tests.areas import area_of
from tests.routes import routes
from tests.services.catalogue import Thing, publish

pytestmark = pytest.mark.django_db
ELSEWHERE = {"Origin": "https://altro.example"}
PUBLIC_API = ("/api/v1/", "/api/v1/zones/", "/api/v1/services/", "/api/v1/schema/")


def is_private(answer) -> bool:
    varies = {name.strip() for name in answer.get("Vary", "").split(",")}
    return (
        answer.get("Cache-Control") == KEPT_BY_NOBODY
        and {"Authorization", "Cookie", "Accept", "Accept-Language"} <= varies
        and "Access-Control-Allow-Origin" not in answer
    )


def told(where: str, answer) -> str:
    headers = {name: answer.get(name) for name in ("Cache-Control", "Vary")}
    return f"{where}: {answer.status_code} {headers} {answer.get('Access-Control-Allow-Origin')}"


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "operator", "reviewer"])
def test_every_private_address_answers_privately(cast, django_capture_on_commit_callbacks, who):
    on_commit = django_capture_on_commit_callbacks(execute=True)
    values = world.of_everything(cast, on_commit=on_commit)
    values |= world.of_delivery(builders.on_desk(cast))
    client = Client(headers=ELSEWHERE)
    if who != "nobody":
        client.force_login(getattr(cast, who))
    private = [route for route in routes() if route.is_ours and area_of(route)]
    assert len(private) > 80
    open_ones = []
    for route in private:
        path = route.filled(values)
        answer = client.get(path)
        answer.getvalue()  # to its end, where a file is closed
        if not is_private(answer):
            open_ones.append(told(path, answer))
    assert open_ones == []


def test_what_a_key_reads_is_private(cast):
    key = issue_token(cast.operator, name="x", scopes=["read"])
    delivery = builders.ready(cast)
    client = Client(headers={**ELSEWHERE, "authorization": f"Bearer {key}"})
    for part in ("", "findings/", "original/", "report.json"):
        answer = client.get(f"/api/v1/uploads/{delivery.pk}/{part}")
        answer.getvalue()  # to its end, where a file is closed
        assert answer.status_code in (200, 202)
        assert is_private(answer), part


def test_what_a_secret_address_shows_is_private(cast, client):
    publish([Thing("Biblioteca Ariosto")])
    remark = Remark.objects.create(service=Service.objects.latest("pk"), kind="closed")
    file = SimpleUploadedFile("piano.csv", b"a;b\n1;2\n")
    ticket = precheck.receive(file, municipality=cast.comune)
    for path in (
        f"/segnalazioni/{remark.token}/",
        f"/api/v1/remarks/{remark.token}/",
        f"/verifica/{ticket.token}/",
        f"/api/v1/checks/{ticket.token}/",
        "/accesso/login/",
    ):
        answer = client.get(path, headers=ELSEWHERE)
        assert answer.status_code in (200, 202)
        assert is_private(answer), path


def test_recovery_codes_are_kept_by_nobody(client, administrator):
    client.force_login(administrator)
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes"):
        assert is_private(client.get(reverse(name))), name


@pytest.mark.parametrize("path", PUBLIC_API)
def test_any_site_may_read_what_is_public_even_of_who_is_signed_in(cast, client, path):
    client.force_login(cast.operator)
    answer = client.get(path, headers=ELSEWHERE)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "no-store" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/api/v1/uploads/", "/api/v1/notices/", "/api/v1/corrections/"])
def test_a_site_that_asks_before_reading_what_is_private_is_not_encouraged(client, path):
    headers = {**ELSEWHERE, "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in client.options(path, headers=headers)
    public = client.options("/api/v1/zones/", headers=headers)
    assert public["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" not in public["Access-Control-Allow-Headers"]


def test_a_page_belongs_to_who_is_signed_in_and_else_to_everybody(cast):
    anonymous, signed_in = Client(), Client()
    signed_in.force_login(cast.operator)
    for path in ("/", "/servizi/", "/zone/", "/privacy/"):
        assert "no-store" not in anonymous.get(path).get("Cache-Control", ""), path
        assert is_private(signed_in.get(path)), path


def test_browsers_lend_the_pages_nothing(client):
    policy = client.get("/")["Permissions-Policy"]
    assert "camera=()" in policy and "geolocation=()" in policy


def test_pages_run_no_script_but_their_own(client):
    for path in ("/", "/accesso/login/", "/non-ce/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_a_production_answers_by_https_alone(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/servizi/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/servizi/")


@pytest.mark.parametrize(("seconds", "said"), [(600, "max-age=600"), (0, None)])
def test_https_alone_by_setting(client, settings, seconds, said):
    settings.SECURE_HSTS_SECONDS = seconds
    assert client.get("/", secure=True).get("Strict-Transport-Security") == said


def test_whom_to_tell_of_a_weakness(client, settings):
    settings.SECURITY_CONTACT = "mailto:sicurezza@cmm.example"
    settings.PUBLIC_URL = "https://portale.example"
    text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:sicurezza@cmm.example\n" in text
    assert "Canonical: https://portale.example/.well-known/security.txt\n" in text
    assert "\nExpires: 20" in text
