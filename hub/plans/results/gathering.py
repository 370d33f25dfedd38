"""The figures of plans as they come from the facts, by version and store: everything a page shows is summed from them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.core.db import db
from hub.plans.results.rows import Arms, Asked
from hub.plans.results.rules import Sums
from hub.plans.results.statements import HEADS, MESSAGES, PASSAGES

Row = Mapping[str, Any]
SUMS = tuple(Sums.__dataclass_fields__)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Gathered:
    """Rows of plain values. `heads` have the scope `plan` (a household is one, wherever it buys) or `cell`."""

    heads: Sequence[Row]
    passages: Sequence[Row] = ()
    messages: Sequence[Row] = ()


def gather_heads(plan_ids: Sequence[int], *, since: datetime, until: datetime, now: datetime) -> list[Row]:
    """Whose window opened in the period and what it came to."""
    values = values_of(plan_ids, since, until, now)
    return [dict(row) for row in db.session.execute(HEADS, values).mappings()]


def gather(plan_id: int, *, since: datetime, until: datetime, now: datetime) -> Gathered:
    """Everything about one plan, in three statements."""
    values = values_of([plan_id], since, until, now)
    passages, messages = (
        [dict(row) for row in db.session.execute(each, values).mappings()] for each in (PASSAGES, MESSAGES)
    )
    heads = gather_heads([plan_id], since=since, until=until, now=now)
    return Gathered(heads, passages, messages)


def values_of(plan_ids: Sequence[int], since: datetime, until: datetime, now: datetime) -> dict[str, Any]:
    """What every statement asks with. No window that opens later than now: said here, so that each row is compared twice and not four times."""
    return {"plan_ids": list(plan_ids), "since": since, "until": min(until, now + INSTANT), "now": now}


def narrow(gathered: Gathered, asked: Asked) -> Gathered:
    """What the reader may see and asked for; then only the cells tell."""
    if asked.store_ids is None and asked.version is None:
        return gathered
    return Gathered(*([row for row in rows if _is_in(row, asked)] for rows in _rows(gathered)))


def _rows(gathered: Gathered) -> Iterable[Sequence[Row]]:
    yield [row for row in gathered.heads if row["scope"] == "cell"]
    yield gathered.passages
    yield gathered.messages


def _is_in(row: Row, asked: Asked) -> bool:
    is_of_store = asked.store_ids is None or row["store_id"] in asked.store_ids
    return is_of_store and asked.version in {None, row["number"]}


def arms_of(rows: Iterable[Row]) -> Arms:
    """Sums of both arms; of windows still open only the heads count."""
    closed: dict[str, dict[str, Any]] = {}
    still_open: dict[str, int] = {}
    for row in rows:
        if row["is_closed"]:
            sums = closed.setdefault(row["arm"], dict.fromkeys(SUMS, 0))
            for name in SUMS:
                sums[name] += row[name]
        else:
            still_open[row["arm"]] = still_open.get(row["arm"], 0) + row["heads"]
    return Arms(
        treated=Sums(**closed.get("treated", {})),
        control=Sums(**closed.get("control", {})),
        treated_open=still_open.get("treated", 0),
        control_open=still_open.get("control", 0),
    )


def everybody(heads: Sequence[Row]) -> list[Row]:
    """The rows that count each household once; the cells where the figures are narrowed."""
    return [row for row in heads if row["scope"] == "plan"] or list(heads)


def arms_by(heads: Iterable[Row], name: str) -> dict[Any, Arms]:
    """The arms of each store (`store_id`) or version (`number`)."""
    groups = grouped((row for row in heads if row["scope"] == "cell"), lambda row: row[name])
    return {key: arms_of(rows) for key, rows in groups.items()}


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
