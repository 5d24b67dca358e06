"""The catalogue of rules (PEERS.md section 4): declarations, words, examples and the checks
themselves.

Importing the package declares every rule of this floor; those of lum and funding come by settings.
"""

from services.uploads.rules import (  # noqa: F401
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
from services.uploads.rules.registry import (
    RULE_SET_DATE,
    RULE_SET_VERSION,
    Rule,
    declared_thresholds,
    get,
    load_extra,
    registered,
    render,
)
from services.uploads.rules.report import Batch, FindingRow, Report
from services.uploads.rules.run import run_all
from services.uploads.rules.thresholds import Thresholds

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
