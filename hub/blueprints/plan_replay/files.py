"""A replay as a file: every count of its tables, amounts in cents, so that nothing is rounded."""

from flask.typing import ResponseReturnValue

from hub.blueprints.plan_replay.base import blueprint
from hub.blueprints.statistics_words import as_csv
from hub.plans.replay.queries import get_replay
from hub.plans.replay.rows import ReplayView

HEAD = ("table", "first", "second", "count")


@blueprint.get("/<key>/replay/<int:replay_id>.csv")
def replay_csv(key: str, replay_id: int) -> ResponseReturnValue:
    """One line a count: entered (day, arm), sent (day, step), ran, skipped, moved and unsent (step, why), and the rest."""
    return as_csv(f"{key}-replay-{replay_id}.csv", [HEAD, *lines_of(get_replay(key, replay_id))])


def lines_of(view: ReplayView) -> list[tuple[object, ...]]:
    counts = [
        (table, *(key.split("|", 1) if "|" in key else (key, "")), count)
        for table, counts in view.tables.items()
        for key, count in sorted(counts.items())
    ]
    codes = [
        (f"code_{name}", each["pool"], "", each[name])
        for each in view.result.get("codes", [])
        for name in ("given", "left_count", "each_cents", "use")
    ]
    return [*counts, *codes]
