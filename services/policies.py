"""Who may do what about a correction: pure predicates."""

from people.policies import Person, is_consultant, is_operator, is_reviewer
from services.models import Correction


def may_write(user: Person, correction: Correction) -> bool:
    """Take part in the thread of a correction: the office, and the people of the comune and of
    whoever's source was corrected."""
    return is_reviewer(user) or any(
        is_operator(user, principal) or is_consultant(user, principal)
        for principal in correction.principals
    )
