"""The states of a delivery and the one transition table, which ARCHITECTURE.md draws.

`workflow.py` is the only writer of a status and asks this table; nothing else may move a delivery.
"""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryStatus(models.TextChoices):
    """Where a delivery stands, in the words people read."""

    RECEIVED = "received", _("ricevuta")
    CHECKING = "checking", _("in controllo")
    CHECKED = "checked", _("controllata")
    UNREADABLE = "unreadable", _("non leggibile")
    FAILED = "failed", _("controllo interrotto per un nostro problema")
    SUBMITTED = "submitted", _("inviata")
    IN_REVIEW = "in_review", _("in istruttoria")
    RETURNED = "returned", _("restituita a chi l'ha consegnata")
    DECIDED = "decided", _("decisa")
    PUBLISHING = "publishing", _("in pubblicazione")
    PUBLISHED = "published", _("pubblicata")
    SUPERSEDED = "superseded", _("sostituita da un nuovo file")
    WITHDRAWN = "withdrawn", _("ritirata")


class Verb(models.TextChoices):
    """What people and workers do to a delivery; each is an event in its log."""

    BEGIN_CHECK = "begin_check", _("inizia il controllo")
    RESUME_CHECK = "resume_check", _("riprende il controllo")
    FINISH_CHECK = "finish_check", _("controllo concluso")
    REFUSE_FILE = "refuse_file", _("file non leggibile")
    FAIL_CHECK = "fail_check", _("controllo interrotto")
    RECHECK = "recheck", _("nuovo controllo")
    SUPERSEDE = "supersede", _("sostituita")
    SUBMIT = "submit", _("invio")
    TAKE = "take", _("presa in carico")
    SEND_BACK = "send_back", _("restituzione")
    REOPEN = "reopen", _("ripresa da chi l'ha consegnata")
    DECIDE = "decide", _("decisione")
    UNDECIDE = "undecide", _("istruttoria riaperta")
    PUBLISH_AGAIN = "publish_again", _("pubblicazione richiesta di nuovo")
    BEGIN_PUBLICATION = "begin_publication", _("inizia la pubblicazione")
    RESUME_PUBLICATION = "resume_publication", _("riprende la pubblicazione")
    FAIL_PUBLICATION = "fail_publication", _("pubblicazione interrotta")
    PUBLISH_PART = "publish_part", _("pubblicazione parziale")
    PUBLISH = "publish", _("pubblicazione")
    WITHDRAW = "withdraw", _("ritiro")


_S, _V = DeliveryStatus, Verb
_WITHDRAWABLE = (
    _S.RECEIVED,
    _S.CHECKING,
    _S.CHECKED,
    _S.UNREADABLE,
    _S.FAILED,
    _S.SUBMITTED,
    _S.IN_REVIEW,
    _S.RETURNED,
    _S.DECIDED,
)

#: (from, verb) -> to. Everything that can happen to a delivery's status is a line here.
TRANSITIONS: Final[dict[tuple[DeliveryStatus, Verb], DeliveryStatus]] = {
    (_S.RECEIVED, _V.BEGIN_CHECK): _S.CHECKING,
    (_S.FAILED, _V.RECHECK): _S.CHECKING,
    (_S.UNREADABLE, _V.RECHECK): _S.CHECKING,
    (_S.CHECKING, _V.RESUME_CHECK): _S.CHECKING,
    (_S.CHECKING, _V.FINISH_CHECK): _S.CHECKED,
    (_S.CHECKING, _V.REFUSE_FILE): _S.UNREADABLE,
    (_S.CHECKING, _V.FAIL_CHECK): _S.FAILED,
    (_S.CHECKED, _V.RECHECK): _S.CHECKING,
    (_S.UNREADABLE, _V.SUPERSEDE): _S.SUPERSEDED,
    (_S.FAILED, _V.SUPERSEDE): _S.SUPERSEDED,
    (_S.CHECKED, _V.SUPERSEDE): _S.SUPERSEDED,
    (_S.RETURNED, _V.SUPERSEDE): _S.SUPERSEDED,
    (_S.IN_REVIEW, _V.SUPERSEDE): _S.SUPERSEDED,
    (_S.DECIDED, _V.SUPERSEDE): _S.SUPERSEDED,
    (_S.CHECKED, _V.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _V.TAKE): _S.IN_REVIEW,
    (_S.IN_REVIEW, _V.SEND_BACK): _S.RETURNED,
    (_S.RETURNED, _V.REOPEN): _S.CHECKED,
    (_S.IN_REVIEW, _V.DECIDE): _S.DECIDED,
    (_S.DECIDED, _V.UNDECIDE): _S.IN_REVIEW,
    (_S.DECIDED, _V.SEND_BACK): _S.RETURNED,
    (_S.DECIDED, _V.PUBLISH_AGAIN): _S.DECIDED,
    (_S.DECIDED, _V.BEGIN_PUBLICATION): _S.PUBLISHING,
    (_S.PUBLISHING, _V.RESUME_PUBLICATION): _S.PUBLISHING,
    (_S.PUBLISHING, _V.FAIL_PUBLICATION): _S.DECIDED,
    (_S.PUBLISHING, _V.PUBLISH_PART): _S.IN_REVIEW,
    (_S.PUBLISHING, _V.PUBLISH): _S.PUBLISHED,
} | {(state, _V.WITHDRAW): _S.WITHDRAWN for state in _WITHDRAWABLE}

FINAL: Final = (DeliveryStatus.PUBLISHED, DeliveryStatus.SUPERSEDED, DeliveryStatus.WITHDRAWN)
#: A delivery in one of these is "open": a comune has at most one per source at a time.
OPEN: Final = tuple(state for state in DeliveryStatus if state not in FINAL)
#: Until here the delivery is the comune's own business and the office does not see it.
DRAFT: Final = (
    DeliveryStatus.RECEIVED,
    DeliveryStatus.CHECKING,
    DeliveryStatus.CHECKED,
    DeliveryStatus.UNREADABLE,
    DeliveryStatus.FAILED,
)
#: In these a worker has the delivery or is to get it; the sweeper sees to it. A decided one too,
#: until its publication is given up.
FOR_A_WORKER: Final = (DeliveryStatus.RECEIVED, DeliveryStatus.CHECKING, DeliveryStatus.PUBLISHING)
#: On the desk: here a new file takes the place of the rest of what is published in part alone.
ON_DESK: Final = (DeliveryStatus.IN_REVIEW, DeliveryStatus.DECIDED)
#: What takes back or rewrites a delivery: refused once a part of it is published.
UNDOING: Final = (Verb.WITHDRAW, Verb.REOPEN, Verb.RECHECK)


def target(state: str, verb: Verb) -> DeliveryStatus | None:
    """Where `verb` leads from `state`, or None when it may not be done there."""
    return TRANSITIONS.get((DeliveryStatus(state), verb))
