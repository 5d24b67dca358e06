"""Public identifiers: `s-` and eight random characters of Crockford's base 32 (no I, L, O, U)."""

import secrets
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH: Final = 8


def new_service_id() -> str:
    """A fresh public id such as `s-7k3m9x2a`; 2^40
    values, uniqueness is the database's business."""
    return "s-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_item_key() -> str:
    """A key for a source item whose planner gave no identifier of their own."""
    return "sttm-" + "".join(secrets.choice(ALPHABET) for _ in range(10))
