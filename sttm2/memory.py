"""What a process has loaded, kept cheap: before it forks, or before it waits for long."""

import ctypes
import gc


def settle() -> None:
    """What is loaded stays, so the garbage collector leaves it alone: its first round in each
    process would write on all that they share. What loading left over goes back to the system.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, others do not
    if trim is not None:
        trim(0)
