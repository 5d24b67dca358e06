"""The two ways in which a reading ends without a delivery: the file's fault, or ours."""

from validator.source_file import NoteValue


class Unreadable(Exception):
    """The file is refused before any rule runs.

    `code` is a FIL rule; `params` fill its messages. Beside the placeholders of the message,
    `reason` (a slug) and `item` say more where they can.
    """

    def __init__(self, code: str, **params: NoteValue) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params: dict[str, NoteValue] = params


class ReaderDied(Exception):
    """The reading process ended through no fault of the file: a SYS matter, to be tried again."""
