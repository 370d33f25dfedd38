"""What is replayed: a plan, a definition of it, and the time."""

from dataclasses import dataclass
from datetime import datetime

from hub.plans.definitions import Definition


@dataclass(frozen=True, kw_only=True)
class Script:
    """Which plan, in which version, over which time. `time_zone` is the chain's."""

    plan_id: int
    plan_key: str
    control_percent: int
    definition: Definition
    since: datetime
    until: datetime
    time_zone: str
