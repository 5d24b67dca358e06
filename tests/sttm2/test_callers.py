"""Who asks, behind so many proxies; what throttles and logs read of it."""

import pytest
from django.http import HttpResponse

from deliveries.precheck import PrecheckThrottle
from sttm2.middleware import CallerAddressMiddleware


def caller(rf, settings, proxies: int, told: str | None) -> str:
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": told} if told is not None else {}
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    CallerAddressMiddleware(lambda _request: HttpResponse())(request)
    assert "HTTP_X_FORWARDED_FOR" not in request.META, "nobody reads it a second time"
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("proxies", "told", "asks"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.7", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "203.0.113.7"),
        (1, "203.0.113.7:5555", "203.0.113.7"),
        (1, "[2001:db8::7]:5555", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "<script>", "0.0.0.0"),
        (1, "", "192.0.2.1"),
    ],
)
def test_the_word_of_our_own_proxies_counts(rf, settings, proxies, told, asks):
    assert caller(rf, settings, proxies, told) == asks


def test_a_limit_counts_the_caller_and_not_the_proxy(rf, settings):
    settings.PROXIES = 1
    idents = []
    for told in ("203.0.113.7", "203.0.113.8"):
        request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": told})
        CallerAddressMiddleware(lambda _request: HttpResponse())(request)
        idents.append(PrecheckThrottle().get_ident(request))
    assert idents == ["203.0.113.7", "203.0.113.8"]
