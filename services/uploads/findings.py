"""What a rule answers, as data: severities, scopes and hits. A finding is never an exception."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """What a finding does to a delivery (PEERS.md section 4)."""

    ERROR = "error", _("errore")
    WARNING = "warning", _("avviso")
    INFO = "info", _("informazione")
    SYSTEM = "system", _("problema nostro")


class Scope(models.TextChoices):
    """What a finding speaks of; file-level errors stop the submission, row-level ones hold the
    row."""

    FILE = "file", _("file")
    LAYER = "layer", _("strato")
    ROW = "row", _("riga")
    GROUP = "group", _("gruppo di righe")
    SUBMISSION = "submission", _("invio")
    COMPARISON = "comparison", _("confronto")


@dataclass(frozen=True)
class Hits:
    """Rows that a column rule found: one finding per index, in the delivery's order.

    `index`: int positions into the delivery's frame. `params`: per message placeholder, either one
    value
    for all or a sequence as long as `index`. `position`: shapely points (EPSG:32632) or None.
    `severity`: only where it differs from the rule's own.
    """

    index: npt.NDArray[np.intp]
    column: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    position: Sequence[Any] | None = None
    severity: Severity | None = None


@dataclass(frozen=True)
class Group:
    """One finding about several rows at once (`index` into the frame), or about none: the file or
    layer."""

    index: tuple[int, ...] = ()
    column: str = ""
    layer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    position: Any = None
    severity: Severity | None = None


@dataclass(frozen=True)
class NotRun:
    """A rule that could not be run, and why, in words for SYS-02: never told as passed."""

    code: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


Answered = Hits | NotRun | Sequence[Hits | Group]
