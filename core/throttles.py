"""Who is counted as one, and where: also while the cache is away, by each process then."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, Final

from django.core.cache import BaseCache, caches
from django.http import HttpRequest
from django.utils.connection import ConnectionProxy

counts: Final[BaseCache] = ConnectionProxy(caches, "counts")  # type: ignore[assignment]
#: Bits of an IPv6 address that are one customer's; the others each device chooses by itself.
NETWORK_BITS: Final = 64


def network_of(address: str) -> str:
    """What an address is counted as: itself, or of an IPv6 address its network's."""
    try:
        told = ip_address(address)
    except ValueError:
        return address
    if isinstance(told, IPv4Address):
        return str(told)
    if told.ipv4_mapped:
        return str(told.ipv4_mapped)
    return str(ip_network((int(told), NETWORK_BITS), strict=False).network_address)


def asker(request: HttpRequest) -> str:
    """Who asks, as limits count it (`sttm2.middleware.CallerAddressMiddleware` said who)."""
    return network_of(str(request.META.get("REMOTE_ADDR", "")))


class ByNetwork:
    """A limit of DRF's that whoever owns a network of IPv6 has once, not for each address."""

    cache = counts

    def get_ident(self, request: Any) -> str:
        return asker(request)
