"""Count the shown services anew: the numbers of lists, sheets and low zooms."""

from typing import Any

from django.core.management.base import BaseCommand

from services import states


class Command(BaseCommand):
    help = "Conta di nuovo i servizi mostrati: serve dopo una modifica a mano nel database."

    def handle(self, *args: Any, **options: Any) -> None:
        states.recount()
