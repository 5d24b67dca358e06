"""Sets Django up on the stage's database; `enter` comes before any import of the product."""

import os

import django

from chaos.stage import Stage


def enter(stage: Stage) -> None:
    """This process sees what the portal's own see."""
    os.environ.update(stage.environment)
    django.setup()
