"""What must hold of the catalogue: records and editions, states, and what is counted of them."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.verification import Requirement
from services import states
from services.statements import SQL

_RESTORE: Final = _(
    "È un danno della base di dati: ferma le pubblicazioni, ripristina l'ultima copia sana in "
    "un'altra installazione (bin/restore) e confronta le righe indicate."
)


def _told(statement: str) -> Iterable[str]:
    return (str(row[0]) for row in SQL.rows(statement))


REQUIREMENTS: Final = (
    Requirement(
        "records",
        _("Ogni registrazione appartiene a un'edizione conosciuta della sua fonte"),
        _RESTORE,
        partial(_told, "verify_records"),
    ),
    Requirement(
        "open-states",
        _("Ogni servizio pubblicato ha un solo stato in vigore, gli altri nessuno"),
        _RESTORE,
        partial(_told, "verify_open_states"),
    ),
    Requirement(
        "states",
        _("Gli stati di un servizio non si sovrappongono e portano il suo codice"),
        _RESTORE,
        partial(_told, "verify_states"),
    ),
    Requirement(
        "sums",
        _("Le somme di ogni edizione sono quelle delle sue righe"),
        _RESTORE,
        partial(_told, "verify_sums"),
    ),
    Requirement(
        "counts",
        _("I conteggi mostrati sono quelli degli stati"),
        _("Conta di nuovo: bin/manage count_services."),
        states.miscounted,
    ),
    Requirement(
        "words",
        _("La ricerca conosce tutte le parole dei nomi e degli indirizzi"),
        _("Conta di nuovo: bin/manage count_services."),
        partial(_told, "verify_words"),
    ),
)
