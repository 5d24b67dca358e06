"""What rules outside the check of a file say beside its report: the file was sent before (FIL-11),
a list is cut short (SYS-03)."""

from typing import Any

from deliveries.checks import surroundings
from deliveries.models import Delivery
from deliveries.reports.wording import Words, words
from validator.rules import registry
from validator.rules.context import FindingCount


def sent_before(delivery: Delivery) -> Words | None:
    """That an earlier delivery of the comune has the same file (FIL-11), where no finding says so
    better."""
    if delivery.findings.filter(code__in=registry.get("FIL-11").yields_to).exists():
        return None
    return _said("FIL-11", surroundings.same_file(delivery))


def sent_again(delivery: Delivery) -> Words:
    """That a file just sent is this delivery's own (FIL-11)."""
    said = _said("FIL-11", surroundings.as_sent(delivery))
    assert said is not None
    return said


def cut_short(code: str, *, total: int, shown: int) -> Words | None:
    """That a list shows only some of the findings of a code (SYS-03)."""
    return _said("SYS-03", FindingCount(code, total, shown))


def _said(code: str, argument: Any) -> Words | None:
    groups = registry.get(code).check(argument, registry.declared_thresholds())
    return words(code, groups[0].params) if groups else None
