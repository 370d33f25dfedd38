"""The figures of a digest, asked of the functions that the pages ask, and what the rules look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.inbox import queries as inbox
from hub.inbox.words import DropReason, InboxView
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.statistics.digest.rules import Change, Course, Opinion, Part, Place, Sight
from hub.statistics.measuring.door import measure
from hub.statistics.measuring.figures import Figure
from hub.statistics.queries import get_response_times, get_satisfaction
from hub.statistics.rerouting import Rerouting, get_rerouting
from hub.statistics.resolution import Resolution, get_resolution
from hub.statistics.rows import NO_WAITS, ResponseTimes, Satisfaction, SatisfactionReport, Waits
from hub.statistics.rules import Filters
from hub.statistics.unanswered import list_reasons_without_article
from hub.statistics.words import Dimension, Period

PAST_WEEKS, PAST_MONTHS = 14, 6
"""Above 13 weeks the response times come by the week (`queries.LONG_DAYS`)."""
NO_ANSWERS = Satisfaction((0, 0, 0), None)


@dataclass(frozen=True)
class Gathered:
    """Of the period and the one before it; `past` are the response times of the periods before, for the rules."""

    filters: Filters
    waits: ResponseTimes
    waits_before: ResponseTimes
    satisfaction: SatisfactionReport
    resolution: Resolution
    sight: Sight


def gather(filters: Filters, period: Period, *, viewer: Viewer, now: datetime) -> Gathered:
    """Within what the reader may see; stores are looked at one by one where there are several."""
    waits = get_response_times(filters, viewer=viewer, now=now)
    before = get_response_times(just_before(filters), viewer=viewer, now=now)
    answers = get_satisfaction(filters, viewer=viewer)
    solving = get_resolution(filters, viewer=viewer)
    sight = Sight(
        courses=tuple(_courses(filters, period, waits, before, viewer, now)),
        opinions=tuple(_opinions(answers, filters, viewer)),
        unanswered=Change(now=_unanswered(waits), before=_unanswered(before)),
        reopened=Change(
            now=_reopened(solving), before=_reopened(get_resolution(just_before(filters), viewer=viewer))
        ),
        moved=_moved(get_rerouting(filters, viewer=viewer)),
        reasons=tuple(_reasons(filters, viewer, now)),
        gaps=tuple(_gaps(filters, viewer)),
        central_waiting=_central(viewer),
    )
    return Gathered(filters, waits, before, answers, solving, sight)


def just_before(filters: Filters) -> Filters:
    """The same of as many days, which end where these begin."""
    return replace(
        filters,
        since_on=filters.since_on - timedelta(days=filters.days),
        until_on=filters.since_on - timedelta(days=1),
    )


def _courses(
    filters: Filters,
    period: Period,
    waits: ResponseTimes,
    before: ResponseTimes,
    viewer: Viewer,
    now: datetime,
) -> Iterator[Course]:
    """All together, and each store with its own past; of a week the stores have no past to compare with."""
    past = _past_weeks(filters, viewer, now) if period is Period.WEEK else ()
    months = _past_months(filters, before, viewer, now) if period is Period.MONTH else [before]
    yield Course(
        place=Place(),
        now=waits.total,
        before=before.total,
        past=past or tuple(each.total for each in months),
    )
    named = [row for row in waits.by_store if row.code]
    if filters.store_id is not None or len(named) < 2:  # noqa: PLR2004 - one store is all of it
        return
    for row in named:
        earlier = [_of_store(each, row.store_id) for each in months]
        yield Course(
            place=Place(row.code, row.name),
            now=row.waits,
            before=earlier[0],
            past=tuple(earlier) if period is Period.MONTH else (),
        )


def _past_weeks(filters: Filters, viewer: Viewer, now: datetime) -> tuple[Waits, ...]:
    first = filters.since_on - timedelta(weeks=PAST_WEEKS)
    earlier = replace(filters, since_on=first, until_on=filters.since_on - timedelta(days=1))
    return tuple(waits for _, waits in get_response_times(earlier, viewer=viewer, now=now).by_period)


def _past_months(
    filters: Filters, before: ResponseTimes, viewer: Viewer, now: datetime
) -> list[ResponseTimes]:
    """The newest first, each of the same length."""
    found, earlier = [before], just_before(filters)
    for _ in range(PAST_MONTHS - 1):
        earlier = just_before(earlier)
        found.append(get_response_times(earlier, viewer=viewer, now=now))
    return found


def _of_store(found: ResponseTimes, store_id: int | None) -> Waits:
    return next((row.waits for row in found.by_store if row.store_id == store_id), NO_WAITS)


def _opinions(answers: SatisfactionReport, filters: Filters, viewer: Viewer) -> Iterator[Opinion]:
    yield Opinion(place=Place(), now=answers.total, before=answers.before)
    if filters.store_id is not None or len(answers.by_store) < 2:  # noqa: PLR2004 - one store is all of it
        return
    earlier = {
        row.store_id: row.satisfaction
        for row in get_satisfaction(just_before(filters), viewer=viewer).by_store
    }
    for row in answers.by_store:
        before = earlier.get(row.store_id, NO_ANSWERS)
        yield Opinion(place=Place(row.code, row.name), now=row.satisfaction, before=before)


def _unanswered(found: ResponseTimes) -> Part:
    """Waits that somebody ended without a reply, of those that ended at all; spam and merged tickets are no neglect."""
    dropped = found.dropped.get(DropReason.SOLVED_WITHOUT_REPLY.value, 0)
    return Part(dropped, dropped + found.total.count)


def _reopened(found: Resolution) -> Part:
    return Part(found.reopened_count, found.solved_count)


def _moved(found: Rerouting) -> Change:
    return Change(
        now=Part(found.total.moved_count, found.total.count),
        before=Part(found.before.moved_count, found.before.count),
    )


def _reasons(filters: Filters, viewer: Viewer, now: datetime) -> Iterator[Change]:
    """The share of each contact reason among the tickets that have one."""
    these, before = (
        _known(measure("tickets", each, by=Dimension.REASON, viewer=viewer, now=now))
        for each in (filters, just_before(filters))
    )
    for reason_id, count in these.items():
        yield Change(
            now=Part(count, sum(these.values())),
            before=Part(before.get(reason_id, 0), sum(before.values())),
            subject=reason_id,
        )


def _known(figures: Iterable[Figure]) -> dict[int, int]:
    return {each.group: each.count for each in figures if isinstance(each.group, int)}


def _gaps(filters: Filters, viewer: Viewer) -> Iterable[tuple[int, Part]]:
    """For those who may write articles; counted for the whole chain."""
    if not (viewer.scope.is_everything and viewer.may(Permission.EDIT_KNOWLEDGE)):
        return ()
    return [
        (int(row.subject), Part(row.count, row.total))
        for row in list_reasons_without_article(filters, viewer=viewer)
    ]


def _central(viewer: Viewer) -> int:
    """Tickets of the central queue that are open now, for those who see it."""
    return inbox.count_views(viewer)[InboxView.UNATTRIBUTED] if viewer.scope.is_everything else 0
