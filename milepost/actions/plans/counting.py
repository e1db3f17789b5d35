"""What the event of an application counts, apart for each audience."""

from __future__ import annotations

from typing import Any

from milepost.core.access import Visibility
from milepost.core.plan import Changes, parts
from milepost.models import KeyResult, Objective


def counted(changes: Changes, workspace_id: int) -> dict[str, Any]:
    """Return what an event keeps of changes; what is restricted at this moment is counted by itself."""
    objectives, key_results = (
        dict(
            model.objects.of(workspace_id)
            .exclude(visibility=None)
            .exclude(visibility=Visibility.WORKSPACE)
            .values_list("key", "id")
        )
        for model in (Objective, KeyResult)
    )
    return parts.counted(changes, objectives, key_results)
