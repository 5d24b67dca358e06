"""The catalogue of rules: declarations, words, examples and the checks
themselves.

Importing the package declares every rule of this floor; those of lum and funding come by settings.
"""

from validator.rules import (  # noqa: F401
    attributes,
    codes,
    comparison,
    identity,
    meaning,
    neighbours,
    package,
    placement,
    plausibility,
    reference,
    shape,
    submission,
    system,
    table,
)
from validator.rules.registry import (
    RULE_SET_DATE,
    RULE_SET_VERSION,
    Rule,
    declared_thresholds,
    get,
    load_extra,
    registered,
    render,
)
from validator.rules.report import Batch, FindingRow, Report
from validator.rules.run import run_all
from validator.rules.thresholds import Thresholds

__all__ = [
    "RULE_SET_DATE",
    "RULE_SET_VERSION",
    "Batch",
    "FindingRow",
    "Report",
    "Rule",
    "Thresholds",
    "declared_thresholds",
    "get",
    "load_extra",
    "registered",
    "render",
    "run_all",
]
