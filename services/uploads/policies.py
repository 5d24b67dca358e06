"""Who may do what with a delivery: pure predicates; visibility of rows is
`UploadQuerySet.for_user`."""

from services.uploads.models import Upload
from services.uploads.states import Status
from zones.models import Municipality, Scope
from zones.policies import Person, is_consultant, is_operator, is_reviewer

EDITABLE = (Status.CHECKED, Status.RETURNED)


def may_upload(user: Person, municipality: Municipality | str) -> bool:
    """Work for the comune at all: operators, and consultants whom it delegated."""
    return is_operator(user, municipality) or is_consultant(user, municipality)


def may_deliver(user: Person, municipality: Municipality | str) -> bool:
    """Send files: operators, and consultants whose delegation says so."""
    return is_operator(user, municipality) or is_consultant(user, municipality, Scope.DELIVER)


def may_edit(user: Person, upload: Upload) -> bool:
    """Answer findings, mend rows, choose columns; while it is in the comune's hands."""
    comune = upload.municipality_id
    allowed = is_operator(user, comune) or is_consultant(user, comune, Scope.MEND)
    return upload.status in EDITABLE and allowed


def may_submit(user: Person, upload: Upload) -> bool:
    """Only an operator of the comune sends; a consultant prepares."""
    return is_operator(user, upload.municipality_id)


def may_withdraw(user: Person, upload: Upload) -> bool:
    return is_operator(user, upload.municipality_id)


def may_review(user: Person, upload: Upload) -> bool:
    """The office, on what was submitted."""
    return is_reviewer(user) and upload.submitted_at is not None


def may_write(user: Person, upload: Upload) -> bool:
    """Take part in the thread of a delivery."""
    ours = upload.sort == Upload.Sort.OFFICE and is_reviewer(user)
    return may_upload(user, upload.municipality_id) or may_review(user, upload) or ours
