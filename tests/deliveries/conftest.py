"""Who acts in the tests of the deliveries."""

import pytest
from django.test import Client

from people.models import Body
from services.models import Source
from tests.deliveries.bodies import CINISELLO, SESTO, UNION_NAME, Sender, operator_of


@pytest.fixture
def operator(cast) -> Client:
    """A browser in which the comune's operator has signed in."""
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture(autouse=True, scope="session")
def _warm(reader) -> None:
    """Whatever is checked here is read as beside a worker."""


@pytest.fixture
def union(cast) -> Sender:
    """Sesto and Cinisello together, with a plan and an operator of their own."""
    body = Body.objects.create(slug="unione", name="Unione del Nord", kind=Body.Kind.UNION)
    source = Source.objects.create(
        slug="piano-unione", name=UNION_NAME, reading=Source.Reading.PLAN, body=body
    )
    source.municipalities.set([SESTO, CINISELLO])
    return Sender(source, operator_of(body))


@pytest.fixture
def ats(cast) -> Sender:
    """A health agency whose register speaks of all comuni."""
    body = Body.objects.create(slug="ats", name="ATS di prova", kind=Body.Kind.HEALTH)
    source = Source.objects.create(
        slug="registro-ats",
        name="Registro ATS",
        reading=Source.Reading.OTHER,
        body=body,
        covers_all=True,
    )
    return Sender(source, operator_of(body))
