"""A plugin of pytest that proves that tests need neither Django nor a database: whoever imports
Django while it is loaded fails. `bin/test --without-django` loads it.
"""

import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder

import pytest

from tests.processes import Reader

pytest_plugins = ["tests.real_files"]

BARRED = {"django", "psycopg", "celery", "redis", "rest_framework"}


class Barrier(MetaPathFinder):
    """Finds nothing, and refuses what is barred."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in BARRED:
            raise ImportError(f"{name} may not be imported here", name=name)


def pytest_configure() -> None:
    if met := BARRED & sys.modules.keys():
        raise RuntimeError(f"imported before the first test: {', '.join(sorted(met))}")
    sys.meta_path.insert(0, Barrier())


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A warm reader server; with Django, tests/conftest.py has it."""
    running = Reader(tmp_path_factory.mktemp("reader"))
    running.start()
    yield running
    assert running.settle() == []
    assert running.stop() == 0
