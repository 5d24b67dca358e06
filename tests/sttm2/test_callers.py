"""Who asks, behind so many proxies; what throttles and logs read of it."""

import secrets

import pytest
from django.http import HttpResponse
from django.test import Client

from deliveries.api.access import WriteThrottle
from deliveries.precheck import PrecheckThrottle
from services.remarks import RemarkThrottle
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


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8::7", "2001:db8::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_a_limit_counts_networks_of_the_new_addresses(rf, address, counted):
    for throttle in (PrecheckThrottle(), RemarkThrottle(), WriteThrottle()):
        assert throttle.get_ident(rf.get("/", REMOTE_ADDR=address)) == counted


@pytest.mark.django_db
def test_another_address_of_the_same_network_is_no_new_limit():
    """Whoever owns a network of IPv6 can ask from 2^64 addresses."""
    net = ":".join(secrets.token_hex(2) for _part in range(4))
    last = 0
    for turn in range(31):
        client = Client(REMOTE_ADDR=f"{net}:0:0:0:{turn + 1:x}")
        last = client.post("/api/v1/checks/", {}).status_code
    assert last == 429
