"""What `milepost verify` asks, workspace by workspace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from milepost.core.cadence import day_in
from milepost.ledger import structure, verify
from milepost.ledger.chain import Fault
from milepost.ledger.verify import Difference


def differences(workspace_id: int, at: datetime) -> Iterator[Difference | Fault]:
    """Yield every difference between what is cached or repeated and what was recorded."""
    return verify.differences(workspace_id, day_in(structure.workspace(workspace_id).time_zone, at))
