"""A walk through the portal without deliveries, in a process of its own: what it answers, as JSON.

Run by test_without_deliveries.py; makes its database from nothing and takes it away again.
"""

import json
import sys
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

PAGES = (
    *("/", "/servizi/", "/servizi/in-vista/?bbox=9,45,9.5,45.6", "/zone/", "/lum/"),
    *("/finanziamenti/", "/dati/", "/atlante/", "/accessibilita/", "/privacy/", "/contatti/"),
    *("/accesso/login/", "/api/", "/api/v1/", "/api/v1/schema/", "/api/v1/layers/"),
    *("/api/v1/services/?limit=5", "/api/v1/services/export.geojson", "/tiles/zone/8/134/91.mvt"),
)
GONE = ("/consegne/", "/verifica/", "/regole/", "/istruttoria/", "/api/v1/uploads/")
RESERVED = ("/profilo/", "/profilo/persone/", "/avvisi/", "/rettifiche/")
OFFICE = ("/rettifiche/", "/istruttoria/segnalazioni/", "/istruttoria/nuovo-servizio/")


def found() -> list[str]:
    """Pages of things that the database holds."""
    from funding.models import Programme
    from lum.models import Lum
    from services.models import Service
    from zones.models import Zone

    service = Service.objects.published().first().public_id
    pages = [f"/servizi/{service}/", f"/servizi/{service}/riquadro/"]
    pages += [f"/servizi/{service}/segnala/", f"/api/v1/services/{service}/"]
    pages += [f"/zone/{Zone.objects.first().slug}/", "/comuni/015209/"]
    pages += ["/zone/confronto/", "/comuni/"]
    pages += [f"/lum/{Lum.objects.first().code}/"]
    pages += [f"/finanziamenti/{Programme.objects.first().slug}/"]
    return pages


def answers(client: Client, pages) -> dict[str, list]:
    """Address -> status and whether the page leads where nothing answers."""
    told = {}
    for page in pages:
        answer = client.get(page)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        dead = [gone for gone in GONE if f'href="{gone}"'.encode() in body]
        told[page] = [answer.status_code, dead]
    return told


def corrected(client: Client) -> list[str]:
    """Correct a service as the office, answer as the comune: who is told what."""
    from notices.models import Notice
    from people.models import Mandate, Role, User
    from services.models import Service
    from zones.models import Municipality

    comune = Municipality.objects.get(pk="015209")
    office, operator = (
        User.objects.create_user(f"{name}@x.example", "una-frase-lunga", is_demonstration=True)
        for name in ("ufficio", "comune")
    )
    Mandate.objects.create(user=office, role=Role.REVIEWER)
    Mandate.objects.create(user=operator, role=Role.OPERATOR, municipality=comune)
    service = Service.objects.published().filter(states__municipality=comune).first()
    client.force_login(office)
    page = f"/servizi/{service.public_id}/rettifica/"
    form = client.get(page).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields if name != "gone"}
    made = client.post(page, {**typed, "name": "Nome giusto", "reason": "Telefonata"})
    client.force_login(operator)
    client.post(f"{made.url}messaggi/", {"note": "Va bene."})
    told = Notice.objects.order_by("pk").values_list("person__email", "event__verb")
    return [made.url, *(f"{email} {verb}" for email, verb in told)]


def unknown_tasks() -> list[str]:
    """What the clock would ask of a worker that no worker here knows."""
    from sttm2 import beat, celery

    celery.app.loader.import_default_modules()
    asked = {entry["task"] for entry in beat.app.conf.beat_schedule.values()}
    return sorted(asked - set(celery.app.tasks))


def walk() -> dict[str, object]:
    """Everything, in one answer."""
    call_command("load_reference", verbosity=0, stdout=sys.stderr)
    client = Client()
    root = client.get("/api/v1/").json()
    public = [*PAGES, *(f"/en{page}" for page in PAGES[:11]), *found()]
    public += [link.removeprefix("http://testserver") for link in root.values()]
    told: dict[str, object] = {
        "public": answers(client, public),
        "gone": {page: client.get(page).status_code for page in GONE},
        "corrected": corrected(client),
        "reserved": answers(client, RESERVED),
    }
    from people.models import User

    client.force_login(User.objects.get(email="ufficio@x.example"))
    told["office"] = answers(client, OFFICE)
    told["unknown tasks"] = unknown_tasks()
    told["imported"] = sorted(name for name in sys.modules if name.split(".")[0] == "deliveries")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'deliveries%'")
        told["tables"] = [name for (name,) in cursor.fetchall()]
    return told


def main() -> None:
    django.setup()
    import_module("sttm2.wsgi")  # all that a web server loads before it listens
    assert settings.SETTINGS_MODULE == "tests.without_deliveries"
    call_command("check", verbosity=0)
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        print(json.dumps(walk()))
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
