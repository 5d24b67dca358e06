"""What the application and its readers may do in the database; said by the tables' owner."""

from typing import Any, Final
from urllib.parse import unquote

from django.db import connection
from psycopg import sql

from core.sqlfiles import SqlFolder
from sttm2.databases import APP_URL, OWNER_URL, READ_URL
from sttm2.env import database

#: Tables, by the beginning of their names, of which a reader knows nothing: who people are, how
#: they sign in, what is told to them, what they deliver. What public pages ask of these is granted
#: by column (`let_reader.sql`).
PRIVATE: Final = (
    *("account_", "axes_", "deliveries_", "django_admin_log", "django_session", "mfa_"),
    *("notices_", "people_", "socialaccount_"),
)
#: Columns of `services_record` that are for who sent them, and for no reader.
SENDERS: Final = ("raw", "withheld")


def let_in() -> list[str]:
    """Make the roles that the settings name beside the owner's and say what they may; their names.

    Told anew after every migration: a table that came is the application's to work with.
    """
    owner = _role(OWNER_URL)
    done = []
    for url, statements in ((APP_URL, "let_application"), (READ_URL, "let_reader")):
        name, password = _role(url)
        if name and name != owner[0]:
            _make(name, password)
            _say(statements, name)
            done.append(name)
    return done


def _role(url: str) -> tuple[str, str]:
    """Name and password in an address; nothing where there is none."""
    if not url:
        return "", ""
    found = database(url)
    return str(found["USER"]), unquote(str(found["PASSWORD"]))


def _make(name: str, password: str) -> None:
    role: dict[str, Any] = {"role": sql.Identifier(name)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        may = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
        statement = sql.SQL(f"{verb} ROLE {{role}} {may}").format(**role)
        if password:
            statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
        cursor.execute(statement)


def _say(which: str, name: str) -> None:
    gaps = {"role": connection.ops.quote_name(name)}
    SqlFolder(__file__).run(
        which, gaps=gaps, private=[f"{one}%" for one in PRIVATE], senders=[*SENDERS]
    )
