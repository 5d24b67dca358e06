"""SQL kept in files: the folder `sql` beside a module, read once, values always bound."""

from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection


class SqlFolder:
    """The files `sql/<name>.sql` beside the module whose `__file__` is given."""

    def __init__(self, module: str) -> None:
        self.folder = Path(module).parent / "sql"

    def text(self, name: str) -> str:
        """A file without its lines of comment; gaps in braces are still open."""
        return _text(self.folder / f"{name}.sql")

    def run(self, name: str, **params: Any) -> None:
        """Run the statements of a file."""
        with connection.cursor() as cursor:
            cursor.execute(self.text(name), params)

    def rows(self, name: str, **params: Any) -> list[Any]:
        """The rows that a file's statement answers."""
        with connection.cursor() as cursor:
            cursor.execute(self.text(name), params)
            rows: list[Any] = cursor.fetchall()
        return rows


@cache
def _text(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
