"""Who may do what about a correction: pure predicates."""

from people.policies import Person, is_consultant, is_operator, is_reviewer
from services.models import Correction


def may_write(user: Person, correction: Correction) -> bool:
    """Take part in the thread of a correction: the comune's people and the office."""
    comune = correction.municipality_id
    return is_reviewer(user) or is_operator(user, comune) or is_consultant(user, comune)
