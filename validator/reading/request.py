"""What is asked of the readers: one local file, the name people gave it, and what they chose."""

from dataclasses import dataclass, field

from validator.limits import Limits


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person chose: layers by name (none = all with records), a text encoding, a
    separator."""

    layers: tuple[str, ...] = ()
    encoding: str | None = None
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """One file to read. `path` is local; `name` is the name the person gave it."""

    path: str
    name: str
    options: ReadOptions = field(default_factory=ReadOptions)
    limits: Limits = field(default_factory=Limits)
