"""The server and its reader, as the tests of reading have them."""

from tests.validator.reading.conftest import read, server

__all__ = ["read", "server"]
