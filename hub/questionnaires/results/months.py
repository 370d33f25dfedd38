"""Anonymous answers by month: one division of them for the page, the files and other systems, with the same parts hidden.

Two divisions, each safe by itself, could be subtracted from one another.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from hub.core.db import db
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.gathering import Head, Reader, former_keys
from hub.questionnaires.results.hiding import hide_parts
from hub.questionnaires.results.measuring import Tally
from hub.questionnaires.results.tallying import ANSWERED
from hub.questionnaires.walking import codes_of
from hub.questionnaires.words import ResponseState

MONTHS = 1_000_000
"""More than any year and month together, as in 202603."""
HUNDRED = 100


def answered(head: Head, until: datetime | None = None) -> list[ColumnElement[bool]]:
    """Complete; `until`: only those of before."""
    asked = QuestionnaireResponse
    found = [asked.questionnaire_id == head.id, asked.state == ResponseState.COMPLETE]
    return found if until is None else [*found, asked.completed_at < until]


def part_of(number: int, month: int) -> int:
    """A month of a version as one number."""
    return number * MONTHS + month


def month_of(moment: datetime) -> int:
    at = moment.astimezone(UTC)
    return at.year * HUNDRED + at.month


def hidden_parts(head: Head, *, until: datetime | None = None) -> frozenset[int] | None:
    """Of months of versions, which add up to all answers. With `until` at least those that are hidden of all; None: every one."""
    found = hide_parts(_count(head, None))
    if until is None or found is None:
        return found
    return hide_parts(_count(head, until), also=found)


def _count(head: Head, until: datetime | None) -> dict[int, int]:
    numbers = {each.id: each.number for each in head.versions}
    month = _month()
    rows = db.session.execute(
        select(QuestionnaireResponse.version_id, month, func.count())
        .where(*answered(head, until))
        .group_by(QuestionnaireResponse.version_id, month)
    )
    return {part_of(numbers[version], int(month)): count for version, month, count in rows}


def _month() -> Any:
    return func.to_char(func.timezone("UTC", QuestionnaireResponse.completed_at), "YYYYMM")


def gather_months(head: Head, reader: Reader, key: str) -> tuple[dict[date, Tally], set[date]]:
    """Of one question with a score, a number or a yes, by the first day of the month; and the months that are hidden."""
    ways = [reader.ways[each.id] for each in head.versions]
    keys = sorted(former_keys(key, ways, head.versions))
    tallies: dict[int, Tally] = defaultdict(Tally)
    parts: Counter[int] = Counter()
    numbers = {each.id: each.number for each in head.versions}
    for version_id, month, *told, count in db.session.execute(_values(head, keys)):
        parts[part_of(numbers[version_id], int(month))] += count
        tally = tallies[int(month)]
        value = _value(reader, version_id, key, dict(zip(keys, told, strict=True)))
        if value is not None:
            _put(tally, value, count)
    hidden = _hidden(parts, {month: tally.answered for month, tally in tallies.items()})
    return {_day(month): tallies[month] for month in sorted(tallies)}, set(map(_day, hidden))


def _values(head: Head, keys: Sequence[str]) -> Select[Any]:
    values = [QuestionnaireResponse.answers[each] for each in keys]
    told = select(QuestionnaireResponse.version_id, _month().label("month"), *values).where(*answered(head))
    columns = told.subquery().c
    found: Select[Any] = select(*columns, func.count()).group_by(*columns)
    return found


def _value(reader: Reader, version_id: int, key: str, told: Mapping[str, Any]) -> Any:
    """What was answered under the name that this version gave the question, where both are counted together."""
    way = reader.ways[version_id]
    for name, value in told.items():
        if value is not None and way.key(name) == key and (version_id, name) not in reader.skipped:
            return value
    return None


def _put(tally: Tally, value: Any, count: int) -> None:
    number = 0.0 if isinstance(value, bool) else float(value)
    tally.put(ANSWERED, count, count * number, count * number**2)
    for code in codes_of(value):
        tally.put(code, count, 0.0, 0.0)


def _hidden(parts: Mapping[int, int], answers: Mapping[int, int]) -> Collection[int]:
    """Months with a part that the files hide, and those in which too few answered the question."""
    hidden = hide_parts(parts)
    if hidden is None:
        return answers.keys()
    found = hide_parts(answers, also=frozenset(part % MONTHS for part in hidden))
    return answers.keys() if found is None else found


def _day(month: int) -> date:
    return date(month // HUNDRED, month % HUNDRED, 1)
