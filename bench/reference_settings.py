"""The benchmark's settings with the reference's addresses in place of the portal's."""

from bench.settings import *  # noqa: F403

ROOT_URLCONF = "bench.reference"
