"""Django's `migrate`, and then what the other roles may do with the tables that are there now."""

from typing import Any

from django.core.management.commands import migrate

from sttm2 import roles


class Command(migrate.Command):
    """Brings the tables up to date, as their owner; makes the roles of application and reader,
    where DATABASE_APP_URL and DATABASE_READ_URL name others, and says what they may."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        for name in roles.let_in():
            if options["verbosity"]:
                self.stdout.write(f"Role {name}: may what it is for.")
