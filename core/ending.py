"""A worker that is told to end, and how long the processes that it forked may go on with their
work: whoever ends it kills what is left after a while."""

import mmap
import struct
import time
from typing import Final

from django.conf import settings

#: One number, on a page of memory that all processes have in common that are forked later.
_SHARED: Final = mmap.mmap(-1, mmap.PAGESIZE)
_MOMENT: Final = "d"


def begin() -> None:
    """The worker was told to end."""
    struct.pack_into(_MOMENT, _SHARED, 0, time.monotonic() + settings.END_SECONDS)


def is_over() -> bool:
    """Whether the time for work that was under way then is over."""
    (moment,) = struct.unpack_from(_MOMENT, _SHARED)
    return bool(0 < moment <= time.monotonic())
