"""The published version of codes, severities, thresholds and words together."""

from datetime import date
from typing import Final

#: Raised at each release that changes any of them; nothing is released yet.
RULE_SET_VERSION: Final = "1.0"
RULE_SET_DATE: Final = date(2026, 11, 22)
