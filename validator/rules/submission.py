"""Check what a person fills in when sending; outside the check of the file and outside `valid`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from validator.findings import Severity, SharedFinding
from validator.rules import registry
from validator.rules.context import Submission
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Message


@dataclass(frozen=True)
class SubmissionFinding:
    """One finding about a submission; `text` renders it in a language."""

    code: str
    severity: Severity
    params: dict[str, object]

    def text(self, language: str = "it") -> Message:
        """The finding's words."""
        return registry.render(self.code, self.params, language=language)


def check_submission(
    submission: Submission, thresholds: Thresholds | None = None
) -> list[SubmissionFinding]:
    """Check act, contact and dates; errors stand in the way of sending, warnings do not."""
    limits = thresholds or registry.declared_thresholds()
    found = []
    for one in registry.registered():
        if one.family == "DOC":
            groups: Sequence[SharedFinding] = one.check(submission, limits)
            found += [SubmissionFinding(one.code, one.severity, dict(g.params)) for g in groups]
    return found
