"""A plugin of pytest that proves that tests need neither Django nor a database: whoever imports
Django while it is loaded fails. `bin/test --without-django` loads it.
"""

import sys
from importlib.abc import MetaPathFinder

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
