"""One of each thing that an address can be about, most of it Sesto's; no tests here."""

import re
from contextlib import AbstractContextManager
from typing import Any

from django.core import mail

from deliveries import precheck
from deliveries.models import Delivery
from funding.management.reference import load_funding
from funding.models import Programme, Project
from lum.management.reference import load_lum
from lum.models import Lum
from notices.models import Notice
from people.actions import NewInvitation, invite
from people.models import ApiToken, Invitation, Role
from people.tokens import issue_token
from services import corrections
from services.corrections import NewCorrection
from services.models import Edition, Remark, Service
from tests import builders
from tests.services.catalogue import Thing, publish

#: Part of an address before a place, name of the place -> what stands there.
Values = dict[tuple[str, str], object]


def of_delivery(delivery: Delivery) -> Values:
    """The places of the addresses of one delivery."""
    values: Values = {(part, "pk"): delivery.pk for part in ("consegne", "istruttoria", "uploads")}
    return values | {("controlli", "code"): "ATT-08", ("rapporto", "format"): "xlsx"}


def of_everything(cast: Any, *, on_commit: AbstractContextManager[Any]) -> Values:
    """The places of all other addresses, each of something that there is."""
    load_lum()
    load_funding()
    publish([Thing("Biblioteca Ariosto", address="via Ariosto 1")])
    service = Service.objects.latest("pk")
    change = NewCorrection("Telefonata del Comune", {"name": "Biblioteca civica"})
    correction = corrections.correct(service, user=cast.reviewer, correction=change)
    remark = Remark.objects.create(service=service, kind="closed", text="Chiusa da marzo")
    edition = Edition.objects.latest("pk")
    values: Values = {
        ("regole", "code"): "ATT-08",
        ("projects", "code"): Project.objects.first().code,
        ("lum", "code"): Lum.objects.first().code,
        ("categories", "slug"): "istruzione",
        ("types", "slug"): "biblioteche",
        ("sources", "slug"): edition.source.slug,
        ("editions", "pk"): edition.pk,
        ("export.", "extension"): "csv",
        ("tiles", "layer"): "servizi",
        ("<slug:layer>", "z"): 10,
        ("<int:z>", "x"): 538,
        ("<int:x>", "y"): 366,
    }
    for name, parts, value in (
        ("istat", ("comuni", "municipalities"), cast.comune.pk),
        ("key", ("packages", "pacchetto"), cast.comune.pk),
        ("pk", ("rettifiche", "corrections"), correction.pk),
        ("pk", ("segnalazioni", "remarks"), remark.pk),
        ("token", ("segnalazioni", "remarks"), remark.token),
        ("token", ("verifica", "checks"), _checked(cast)),
        ("public_id", ("servizi", "services"), service.public_id),
        ("slug", ("finanziamenti", "programmes"), Programme.objects.first().slug),
        ("slug", ("zone", "zones"), "milano"),
    ):
        values |= {(part, name): value for part in parts}
    return values | _of_people(cast, on_commit)


def _checked(cast: Any) -> str:
    """The secret address of a check without account that is done."""
    ticket = precheck.receive(builders.plan_file(), municipality=cast.comune)
    precheck.run(ticket.token)
    return ticket.token


def _of_people(cast: Any, on_commit: AbstractContextManager[Any]) -> Values:
    """A notice and a key of Sesto's operator, a mandate and an invitation that they gave."""
    issue_token(cast.operator, name="mia", scopes=["read"])
    with on_commit:
        invite(cast.operator, NewInvitation("nuovo@x.example", Role.OPERATOR, cast.comune))
    return {
        ("avvisi", "pk"): Notice.objects.filter(person=cast.operator).latest("pk").pk,
        ("chiavi", "pk"): ApiToken.objects.get(name="mia").pk,
        ("inviti", "pk"): Invitation.objects.get().pk,
        ("invito", "token"): re.search(r"/invito/([^/]+)/", mail.outbox[-1].body)[1],
        ("mandati", "pk"): cast.consultant.mandates.get().pk,
    }
