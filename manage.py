#!/usr/bin/env python
"""Django's command line for the portal: `bin/manage help` lists every command."""

import gc
import os
import sys

try:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from sttm2.env import COMMAND, OWNER, PROCESS
    from validator.confined.process import start_ahead
except ModuleNotFoundError as missing:
    COMMAND = (*sys.argv[1:], "help")[0]
    sys.exit(f"This Python does not have {missing.name}.\nWith the portal's: bin/manage {COMMAND}")


def main() -> None:
    """Run the command; without usable settings say so, with the command that has them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")
    if sys.argv[1:2] == ["check_delivery"] and not os.environ.get("STTM2_READER_SOCKET"):
        # What reads the file gets ready while Django does: each takes half a second and more. The
        # rules have few columns to look at: a second thread for them would only cost memory.
        start_ahead()
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
    # Tables are their owner's to change; all else is done as the application.
    os.environ[PROCESS] = OWNER if sys.argv[1:2] == ["migrate"] else COMMAND
    try:
        # Loading a thousand modules leaves nothing to collect, and looking for it takes a tenth of
        # the time. Done here, what is wrong with the settings is told before any command begins.
        gc.disable()
        django.setup()
        gc.freeze()
        gc.enable()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        command = (*sys.argv[1:], "help")[0]
        sys.exit(f"{wrong}\nWith the settings of bin/run: bin/manage {command}")


if __name__ == "__main__":
    main()
