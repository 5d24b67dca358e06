"""Parameters of an address, read as the API's document describes them: what they cannot be is told
by name (400) instead of being taken for something else."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from core.errors import wrong_parameter

#: Both ways in which programs write a truth.
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
#: Digits of a number; no key of a table has more of them.
_DIGITS: Final = 19


def number(
    asked: Mapping[str, str], name: str, *, most: int, default: int = 1, least: int = 1
) -> int:
    """A whole number from `least` to `most`, `default` where it is not there. Raises Invalid."""
    text = asked.get(name)
    if text is None:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    if not is_number or not least <= int(text) <= most:
        words = _("serve un numero intero da %(least)d a %(most)d")
        raise wrong_parameter(name, words % {"least": least, "most": most})
    return int(text)


def choice(asked: Mapping[str, str], name: str, allowed: Sequence[str], default: str = "") -> str:
    """One of the words, `default` where it is not there. Raises Invalid."""
    text = asked.get(name)
    if text is None:
        return default
    if text not in allowed:
        words = _("«%(value)s» non è fra i valori ammessi (%(allowed)s)")
        told = {"value": text[:60], "allowed": ", ".join(allowed)}
        raise wrong_parameter(name, words % told, allowed=list(allowed))
    return text


def truth(asked: Mapping[str, str], name: str) -> bool:
    """Whether it is so; it is not where nothing is said. Raises Invalid."""
    text = asked.get(name, "false")
    if text not in _TRUTHS:
        raise wrong_parameter(name, _("serve true oppure false"))
    return _TRUTHS[text]
