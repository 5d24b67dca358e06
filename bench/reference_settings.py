"""The benchmark's settings with the reference's addresses before the portal's."""

from bench.settings import *  # noqa: F403
from bench.settings import INSTALLED_APPS

# The reference leaves geometry fields to the package; the portal declares its own.
INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework_gis"]
ROOT_URLCONF = "bench.reference"
