"""The tree of the project: its root, and the packages that `pyproject.toml` names."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE: tuple[str, ...] = tuple(
    tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "root_packages"
    ]
)
