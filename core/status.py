"""How the portal does, part by part, for the office: what each app contributes to that page."""

from dataclasses import dataclass, field

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class StatusLine:
    """One thing and how it is; `wrong`: it asks for somebody, and `note` says for what."""

    label: Words
    value: Words
    note: Words = ""
    wrong: bool = False


@dataclass(frozen=True)
class StatusSection:
    """What one app knows; true when it is made, or absent."""

    title: Words
    lines: list[StatusLine] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return any(line.wrong for line in self.lines)
