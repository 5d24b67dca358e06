"""Logs without what opens something and without whom it belongs to: secret parts of addresses,
keys, e-mail addresses. Of the portal, its workers and the web server (`sttm2.web`) alike."""

import logging
import re
from typing import Final

#: Parts of addresses behind which a secret stands.
SECRET_PLACE: Final = re.compile(
    r"(/(?:invito|verifica|segnalazioni|checks|remarks|confirm-email|password/reset/key)/)"
    r"[^/\s?\"']+"
)
API_KEY: Final = re.compile(r"(sttm2_[0-9a-f]{8}_)[\w-]+")
QUERY: Final = re.compile(r"([?&](?:next|code|state|token|key|email)=)[^&\s\"']+")
MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HIDDEN: Final = "***"


def discreet(text: str) -> str:
    """The text without secrets and mail addresses."""
    for secret in (SECRET_PLACE, API_KEY, QUERY):
        text = secret.sub(rf"\1{HIDDEN}", text)
    return MAIL.sub(HIDDEN, text)


class Discreet(logging.Filter):
    """Takes them out of a record, its traceback too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = discreet(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = discreet(record.exc_text)
        return True
