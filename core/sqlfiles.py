"""SQL kept in files: the folder `sql` beside a module, read once, values always bound."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

Gaps = Mapping[str, str]


class SqlFolder:
    """The files `sql/<name>.sql` beside the module whose `__file__` is given."""

    def __init__(self, module: str) -> None:
        self.folder = Path(module).parent / "sql"

    def text(self, name: str) -> str:
        """A file without its lines of comment; gaps in braces are still open."""
        return _text(self.folder / f"{name}.sql")

    def filled(self, name: str, **gaps: str) -> str:
        """A file with its gaps in braces filled with other SQL; braces of values stay."""
        return re.sub(r"\{(\w+)\}", lambda gap: gaps[gap[1]], self.text(name))

    def run(self, name: str, *, gaps: Gaps | None = None, **params: Any) -> None:
        """Run the statements of a file; `gaps` holds the SQL for its gaps, where it has any."""
        with connection.cursor() as cursor:
            cursor.execute(self.filled(name, **gaps) if gaps else self.text(name), params)

    def rows(self, name: str, *, gaps: Gaps | None = None, **params: Any) -> list[Any]:
        """The rows that a file's statement answers; `gaps` as in `run`."""
        with connection.cursor() as cursor:
            cursor.execute(self.filled(name, **gaps) if gaps else self.text(name), params)
            rows: list[Any] = cursor.fetchall()
        return rows


@cache
def _text(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
