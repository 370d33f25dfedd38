"""What became of the messages of a period: in all, beside the period before, by message and channel, day by day, and the pressure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from hub.content.models import MessageTemplate
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.plans.models import Plan
from hub.staff.rules import Viewer
from hub.statistics.measuring.pressure import count_pressure
from hub.statistics.rules import OF_MESSAGES_LATER, Filters
from hub.statistics.words import Dimension, Subject

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look

LONG_DAYS = 92
OF_TALLY = {"what", "count"}
OF_MESSAGES = {*OF_TALLY, "channel", "purpose", "template", "plan"}
Tally = Mapping[str, int]


@dataclass(frozen=True)
class PlanName:
    key: str
    name_fr: str
    name_en: str


@dataclass(frozen=True)
class MessageLine:
    """One message by one channel; `plan` is None of what no plan sent, `template_key` of a template that is gone.

    `ids`: of the template and of the plan (0: none), as they are counted.
    """

    purpose: Purpose
    channel: Channel
    template_key: str | None
    plan: PlanName | None
    tally: Tally
    ids: tuple[int, int]


@dataclass(frozen=True)
class Sendings:
    """`pressure`: customers with 0, 1, … 5 or more advertisements; the first is None where nobody knows how many there are.

    `over_sent` left on the days that are over: what is set beside those before. `settled`: by days, what became of the
    messages that had so many days on both sides; None where there is nothing to compare yet.
    """

    filters: Filters
    total: Tally
    over_sent: int
    before: Tally | None
    lines: tuple[MessageLine, ...]
    by_channel: tuple[tuple[Channel, Tally], ...]
    by_period: tuple[tuple[date, Tally], ...]
    refused: tuple[tuple[str, int], ...]
    pressure: tuple[int | None, ...]
    settled: Mapping[int, tuple[Tally, Tally] | None]


def get_sendings(filters: Filters, *, viewer: Viewer) -> Sendings:
    """Reasons and people of the address narrow tickets, and no message."""
    from hub.statistics.measuring import messages
    from hub.statistics.measuring.door import open_look

    filters = replace(filters, reason_id=None, agent_id=None)
    look = open_look(filters, viewer=viewer)
    past = look.before.frame(Subject.MESSAGES) if look.before else None
    frame, whole = look.frame(Subject.MESSAGES), look.over()
    look.read((frame, OF_MESSAGES), *([(past, OF_TALLY)] if past else []))
    before = messages.tally(past) if past else None
    by = Dimension.WEEK if is_by_week(filters) else Dimension.DAY
    total = messages.tally(frame).get((), {})
    return Sendings(
        filters,
        total,
        messages.tally(whole.frame(Subject.MESSAGES)).get((), {}).get("sent", 0) if whole else 0,
        before.get((), {}) if before is not None else None,
        _lines(messages.tally(frame, "purpose", "channel", "template", "plan")),
        tuple(messages.tally_by(frame, Dimension.CHANNEL).items()),
        tuple(messages.tally_by(frame, by).items()),
        _refused(total),
        count_pressure(filters, viewer),
        {days: _settle(look, days) for days in set(OF_MESSAGES_LATER.values())},
    )


def _settle(look: "Look", days: int) -> tuple[Tally, Tally] | None:
    """Cut from rows that are read already."""
    from hub.statistics.measuring import messages

    now, before = look.over(days), look.before.over(days) if look.before else None
    if now is None or before is None:
        return None
    this, past = (messages.tally(each.frame(Subject.MESSAGES)).get((), {}) for each in (now, before))
    return this, past


def is_by_week(filters: Filters) -> bool:
    """Whether a long period is told by week instead of by day."""
    return filters.days > LONG_DAYS


def _refused(total: Tally) -> tuple[tuple[str, int], ...]:
    """Why messages did not leave, the most frequent first."""
    found = [(name.removeprefix("not_"), count) for name, count in total.items() if name.startswith("not_")]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0])))


def _lines(found: Mapping[tuple[int, ...], Tally]) -> tuple[MessageLine, ...]:
    from hub.statistics.columns.layouts import CHANNELS, PURPOSES

    templates = _list_templates({key[2] for key in found})
    plans = _list_plans({key[3] for key in found})
    return tuple(
        MessageLine(
            PURPOSES[purpose - 1],
            CHANNELS[channel - 1],
            templates.get(template),
            plans.get(plan),
            each,
            (template, plan),
        )
        for (purpose, channel, template, plan), each in found.items()
    )


def _list_templates(ids: Collection[int]) -> dict[int, str]:
    row = MessageTemplate
    found = db.session.execute(select(row.id, row.key).where(row.id.in_(list(ids))))
    return {each.id: each.key for each in found}


def _list_plans(ids: Collection[int]) -> dict[int, PlanName]:
    row = Plan
    found = db.session.execute(select(row.id, row.key, row.name_fr, row.name_en).where(row.id.in_(list(ids))))
    return {each.id: PlanName(*each[1:]) for each in found}
