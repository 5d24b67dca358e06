"""Who acts in the tests of the deliveries."""

import pytest
from django.test import Client


@pytest.fixture
def operator(cast) -> Client:
    """A browser in which the comune's operator has signed in."""
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture(autouse=True, scope="session")
def _warm(reader) -> None:
    """Whatever is checked here is read as beside a worker."""
