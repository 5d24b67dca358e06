"""What notices give up: after its period (`people.retention`), and of a person who is to be
forgotten."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from notices.models import Notice
from people.models import User


def forget_letters(limit: dt.datetime) -> int:
    """Delete notices from before `limit`, and letters that were written into files; the events
    they tell of stay."""
    _all, by_model = Notice.objects.filter(at__lt=limit).delete()
    return by_model.get(Notice._meta.label, 0) + _forget_files(limit.timestamp())


def _forget_files(before: float) -> int:
    """Where no mail server is set, letters are files of a folder of ours."""
    if not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return 0
    old = [one for one in Path(settings.EMAIL_FILE_PATH).glob("*.log") if _written(one) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _written(path: Path) -> float:
    return path.stat().st_mtime


def forget_person(user: User) -> Sequence[tuple[str, int]]:
    """Delete the person's own notices."""
    _all, by_model = Notice.objects.filter(person=user).delete()
    return [("avvisi cancellati", by_model.get(Notice._meta.label, 0))]
