"""The criteria of fixtures/criteria.json as a version of their own: adopted when first loaded."""

import json
from typing import Any

from services import criteria
from services.models import CriteriaSet
from zones.management.reference import FIXTURES, Loaded

FILE = FIXTURES / "criteria.json"


def load_criteria() -> Loaded:
    """Adopt the file's version if it is new; safe to repeat.

    What a version says is never rewritten: past days were shown by it. Raises ValueError when the
    file says something else under a known version, or has terms that nothing reads.
    """
    said: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    criteria.check(said["terms"])
    known = CriteriaSet.objects.filter(version=said["version"]).first()
    if known is None:
        CriteriaSet.objects.create(**said)
    elif known.terms != said["terms"]:
        raise ValueError(f"criteria {known.version} are adopted: give the new ones a new version")
    new = int(known is None)
    name = str(CriteriaSet._meta.verbose_name_plural)
    return Loaded(name=name, created=new, updated=0, unchanged=1 - new, kept=0)
