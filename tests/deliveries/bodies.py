"""Senders that are no comune, and what they deliver; `conftest` makes them."""

from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deliveries import tasks
from deliveries.actions import intake, review
from deliveries.models import Delivery
from people.models import Body, Mandate, Role, User
from services.models import Source
from tests import builders

SESTO, CINISELLO, LEGNANO = "015209", "015077", "015118"
UNION_NAME = "Piano di Unione Nord"


@dataclass(frozen=True)
class Sender:
    source: Source
    operator: User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def operator_of(body: Body) -> User:
    user = User.objects.create_user(
        f"operatore@{body.pk}.example", "una-frase-lunga", name="Ugo", is_demonstration=True
    )
    Mandate.objects.create(user=user, body=body, role=Role.OPERATOR)
    return user


def union_file(*, more: str = "", name: str = "unione.csv") -> SimpleUploadedFile:
    """Two libraries in each comune, none of which says where it is."""
    lines = [builders.HEADER]
    for istat in (SESTO, CINISELLO):
        for number, (x, y) in enumerate(builders.places(istat, 2), 1):
            key = f"{istat}-{number}"
            lines.append(f"{key};Biblioteca;Biblioteca {key};via Roma 1;esistente;900;{x};{y}")
    return SimpleUploadedFile(name, "\n".join([*lines, more]).encode())


def checked(sender: Sender, file: SimpleUploadedFile) -> Delivery:
    received = intake.receive(sender.operator, sender=sender.source, file=file)
    tasks.check_delivery(str(received.delivery.pk))
    return builders.at_rest(received.delivery)


def submitted(cast, sender: Sender, file: SimpleUploadedFile) -> Delivery:
    delivery = checked(sender, file)
    asked = builders.statement(only_correct_rows=True)
    review.submit(delivery, user=sender.operator, statement=asked)
    return delivery


def published(cast, sender: Sender, file: SimpleUploadedFile) -> Delivery:
    return builders.publish(submitted(cast, sender, file), cast)
