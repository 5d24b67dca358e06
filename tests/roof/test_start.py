"""Production refuses to start with an unsafe setting, whatever is started."""

import os
import subprocess
import sys

import pytest

SAFE = {"STTM2_MODE": "production", "STTM2_SECRET_KEY": "s" * 50, "STTM2_HOSTS": "portale.example"}


def started(**changed: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sttm2.settings", **SAFE, **changed}
    command = [sys.executable, "-c", "import sttm2.wsgi"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_safe_production_starts():
    assert started().returncode == 0


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"STTM2_SECRET_KEY": "short"}, "STTM2_SECRET_KEY"),
        ({"STTM2_HOSTS": "*"}, "STTM2_HOSTS"),
        ({"STTM2_DEBUG": "1"}, "STTM2_DEBUG"),
    ],
)
def test_an_unsafe_production_does_not(changed, word):
    refused = started(**changed)
    assert refused.returncode != 0
    assert word in refused.stderr
