"""Long answers are limited in number: each holds a thread for as long as it takes."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from core.errors import Away
from sttm2.away import away_answer

Handler = Callable[[HttpRequest], HttpResponseBase]
#: At once in one process of the web, which has four threads: the others answer pages.
AT_ONCE: Final = 2
SOON: Final = 10


class StreamLimitMiddleware:
    """Refuses an answer that is made while it is sent (an export) beside so many others; says when
    to ask again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.free = BoundedSemaphore(AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if not answer.streaming or isinstance(answer, FileResponse):
            return answer
        if self.free.acquire(blocking=False):
            answer._resource_closers.append(self.free.release)  # type: ignore[attr-defined]
            return answer
        answer.close()
        text = _(
            "In questo momento si stanno già scaricando molti dati: riprova fra qualche secondo."
        )
        return away_answer(request, Away("many-downloads", text, retry_after=SOON))
