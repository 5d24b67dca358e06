"""The office's page of how the portal does: its own parts, then what each app says of itself
(`settings.STATUS_SECTIONS`)."""

import datetime as dt
import json
import shutil
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis import Redis, RedisError

from core import beating
from core.errors import NotAllowed
from core.pages import Crumb, private
from core.queue import app
from core.status import StatusLine, StatusSection
from people.policies import is_reviewer
from services.views.office import desk
from sttm2 import health

#: What bin/backup leaves beside the delivered files.
BACKUP: Final = "last-backup.json"
#: Days after which a backup is too old.
BACKUP_DAYS: Final = 2


@private
def page(request: HttpRequest) -> HttpResponse:
    """For the metropolitan office alone."""
    if not is_reviewer(request.user):
        raise NotAllowed("office", _("Questa pagina è dell'ufficio metropolitano."))
    made = (import_string(path)() for path in settings.STATUS_SECTIONS)
    sections = [section for section in made if section is not None]
    trail = [*desk(), Crumb(_("Stato del portale"))]
    context = {"trail": trail, "sections": sections, "now": timezone.now()}
    return render(request, "pages/status.html", context)


def moment(at: dt.datetime) -> str:
    """A moment as people read it."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def parts() -> StatusSection:
    """What the portal stands on, as `/readyz` sees it."""
    found = health.parts()
    words = {health.OK: _("c'è"), health.AWAY: _("non risponde"), health.OLD: _("è in ritardo")}
    words[health.FULL] = _("è quasi pieno")
    labels = {
        "database": _("Base di dati"),
        "migrations": _("Tabelle"),
        "queue": _("Coda (Redis)"),
        "disk": _("Disco dei file"),
    }
    notes = {"disk": _free(), "queue": _queue_note(found["queue"])}
    lines = [
        StatusLine(labels[name], words[how], notes.get(name, ""), wrong=how != health.OK)
        for name, how in found.items()
        if name in labels
    ]
    return StatusSection(_("Le parti"), lines)


def workers() -> StatusSection:
    """Of each kind of worker whether it answers, and since when it does not."""
    labels = {
        "checks": _("Controlli delle consegne"),
        "publications": _("Pubblicazioni"),
        "ordinary": _("Lettere e riordino"),
        "patient": _("Verifiche senza accesso e file da preparare"),
    }
    found = beating.last()
    return StatusSection(_("Lavori di fondo"), [_beat(labels[one], found[one]) for one in labels])


def _beat(label: str, beat: beating.Beat | None) -> StatusLine:
    if beat is None:
        note = _("Nessun segno di lavoro dall'ultimo riavvio della coda.")
        return StatusLine(label, _("non risponde"), note, wrong=True)
    told = {"when": moment(beat.moment), "host": beat.host}
    if not beat.is_late:
        return StatusLine(label, _("c'è"), _("Ultimo segno: %(when)s, da %(host)s.") % told)
    since = _("non risponde dal %(when)s") % told
    note = _("Era su %(host)s: ciò che aspetta riprende da solo quando torna.") % told
    return StatusLine(label, since, note, wrong=True)


def _queue_note(how: str) -> str:
    if how == health.OK:
        return ""
    return _("Le consegne si ricevono lo stesso: i controlli cominciano quando torna.")


def _free() -> str:
    if settings.S3_BUCKET or not settings.MEDIA_ROOT.exists():
        return ""
    return _("Liberi %(size)s.") % {
        "size": filesizeformat(shutil.disk_usage(settings.MEDIA_ROOT).free)
    }


def queues() -> StatusSection | None:
    """How many messages wait in each queue; absent while nobody can say."""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as one:
            waiting = {name: one.llen(name) for name in _queue_names()}
    except (RedisError, OSError):
        return None
    lines = [StatusLine(name, _messages(int(number))) for name, number in waiting.items()]
    return StatusSection(_("Code dei lavori"), lines)


def _queue_names() -> list[str]:
    declared = app.conf.task_queues or ()
    return [queue.name for queue in declared] or [settings.CELERY_TASK_DEFAULT_QUEUE]


def _messages(number: int) -> str:
    if not number:
        return _("vuota")
    return ngettext("%(n)d lavoro in attesa", "%(n)d lavori in attesa", number) % {"n": number}


def confinement() -> StatusSection | None:
    """Which layers hold around whatever parses what a person sent, as the worker's reader says;
    absent while no worker has said so."""
    told = beating.confinement()
    if told is None:
        return None
    label, title = _("Lettura dei file consegnati"), _("Isolamento")
    if not told:
        note = _("Ogni file è letto da un processo a sé, avviato dal lavoro che lo legge.")
        return StatusSection(title, [StatusLine(label, _("senza lettore"), note)])
    holds, _comma, absent = told.partition("; without ")
    note = _("Su questa macchina manca: %(what)s.") % {"what": absent} if absent else ""
    return StatusSection(title, [StatusLine(label, holds, note)])


def backup() -> StatusSection:
    """When the last backup was made, by what bin/backup left."""
    kept = settings.MEDIA_ROOT / BACKUP
    title = _("Copie di sicurezza")
    try:
        told = json.loads(kept.read_text(encoding="utf-8"))
        made = dt.datetime.fromisoformat(told["made"])
    except (OSError, ValueError, KeyError):
        note = _("bin/backup non ne ha ancora fatta nessuna, o i file stanno altrove.")
        return StatusSection(
            title, [StatusLine(_("Ultima copia"), _("nessuna"), note, wrong=True)]
        )
    old = timezone.now() - made > dt.timedelta(days=BACKUP_DAYS)
    missing = int(told.get("missing") or 0)
    lines = [StatusLine(_("Ultima copia"), moment(made), _age(old), wrong=old)]
    if missing:
        label, words = _("File originali che mancano"), _("Rimettili da una copia precedente.")
        lines.append(StatusLine(label, number_format(missing), words, wrong=True))
    return StatusSection(title, lines)


def _age(old: bool) -> str:
    return (
        _("Più vecchia di %(n)d giorni: falla con bin/backup.") % {"n": BACKUP_DAYS} if old else ""
    )
