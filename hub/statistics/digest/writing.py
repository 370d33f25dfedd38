"""Writes a digest down: numbers, keys and addresses, so that it is read in any language and stays as it was told."""

from collections.abc import Iterator
from typing import Any

from hub.core.intervals import wilson
from hub.reasons.queries import list_reasons
from hub.statistics.digest import addresses
from hub.statistics.digest.gathering import Gathered
from hub.statistics.digest.rules import Observation, Part, choose
from hub.statistics.digest.words import Page, Rule
from hub.statistics.rows import Satisfaction

REOPENED_PAGE = Page.RESPONSE_TIMES


def write_down(found: Gathered, *, name: str, store_code: str) -> dict[str, Any]:
    """The content of a digest. `name` is what it is about: a store, a region, the chain."""
    keys = {row.id: row.key for row in list_reasons(active=False)}
    return {
        "name": name,
        "figures": list(_figures(found, store_code)),
        "things": [_thing(each, found, store_code, keys) for each in choose(found.sight)],
    }


def _figures(found: Gathered, store_code: str) -> Iterator[dict[str, Any]]:
    """In the order of reading; `measure` names the definition, `before` is None where there is nothing to compare with."""
    now, before = found.waits.total, found.waits_before.total
    waits = addresses.page_of(Page.RESPONSE_TIMES, found.filters, store_code)
    yield _figure("waits", waits, now.count, before.count)
    sizes = {"count": now.measured_count, "count_before": before.measured_count}
    yield _figure("median_reply", waits, now.median_seconds, before.median_seconds, **sizes)
    yield _figure("within_target", waits, now.target_share, before.target_share, **sizes)
    yield _figure(
        "waiting_now", addresses.WAITING, found.waits.waiting_count, None, late=found.waits.late_count
    )
    answers = found.satisfaction
    page = addresses.page_of(Page.SATISFACTION, found.filters, store_code)
    yield _of_answers(page, answers.total, answers.before)
    change = found.sight.reopened
    if change is not None:
        yield _of_parts(
            "reopened", addresses.page_of(REOPENED_PAGE, found.filters, store_code), change.now, change.before
        )


def _of_answers(page: str, now: Satisfaction, before: Satisfaction) -> dict[str, Any]:
    interval = now.interval
    return _figure(
        "csat",
        page,
        interval.value if interval else None,
        before.interval.value if before.interval else None,
        count=now.total,
        count_before=before.total,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


def _of_parts(measure: str, page: str, now: Part, before: Part) -> dict[str, Any]:
    interval = wilson(now.count, now.total)
    return _figure(
        measure,
        page,
        interval.value if interval else None,
        before.share if before.total else None,
        count=now.total,
        count_before=before.total,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


def _figure(
    measure: str, page: str, value: float | None, before: float | None, **more: float | None
) -> dict[str, Any]:
    return {"measure": measure, "page": page, "value": value, "before": before, **more}


def _thing(each: Observation, found: Gathered, store_code: str, keys: dict[int, str]) -> dict[str, Any]:
    return {
        "rule": each.rule.value,
        "place": each.place.name,
        "subject": each.subject,
        "concerned": each.concerned,
        "values": dict(each.values),
        "page": _page(each, found, store_code, keys),
    }


def _page(each: Observation, found: Gathered, store_code: str, keys: dict[int, str]) -> str:
    filters = found.filters
    if each.rule is Rule.CENTRAL_QUEUE:
        return addresses.CENTRAL
    if each.rule is Rule.REASON:
        return addresses.tickets_of(keys.get(each.subject, ""), filters.since_on, filters.until_on)
    return addresses.page_of(each.page, filters, each.place.code or store_code)
