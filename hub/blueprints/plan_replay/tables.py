"""Tables, tiles and the chart of one replay, as the parts of the pages want them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_decimal, gettext, ngettext

from hub.blueprints.plan_builtin_words import skip_words
from hub.blueprints.plan_replay import words
from hub.blueprints.plan_words import exit_words, step_title, step_words
from hub.plans.definitions import Definition
from hub.plans.reading import parse_definition
from hub.plans.replay.rows import ReplayView
from hub.plans.replay.words import Table
from hub.plans.words import Arm, ExitReason, Skip, StepOutcome

TICKS = 4
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shown:
    """What the page of a replay shows. `time_zone` is the chain's."""

    view: ReplayView
    time_zone: str

    @cached_property
    def definition(self) -> Definition:
        return parse_definition(self.view.definition)

    def table(self, name: Table) -> Mapping[str, int]:
        return self.view.tables.get(name, {})

    def sum(self, name: Table, *, first: str | None = None, last: str | None = None) -> int:
        """Of the counts whose key begins and ends so."""
        return sum(
            count
            for key, count in self.table(name).items()
            if (first is None or key.partition("|")[0] == first)
            and (last is None or key.rpartition("|")[2] == last)
        )

    def title(self, step_key: str) -> str:
        step = self.definition.find_step(step_key)
        return step_title(step) if step else step_words(step_key)

    def place(self, step_key: str) -> int:
        """Where the step stands in the plan."""
        keys = [step.key for step in self.definition.steps]
        return keys.index(step_key) if step_key in keys else len(keys)

    @property
    def currency(self) -> str:
        return str(self.view.result.get("currency", "EUR"))

    @property
    def inside(self) -> int:
        """Who would still be inside at the end."""
        return self.sum(Table.ENTERED) - self.sum(Table.ENDED)


def tiles(shown: Shown) -> list[dict[str, Any]]:
    entered, control = shown.sum(Table.ENTERED), shown.sum(Table.ENTERED, last=Arm.CONTROL)
    codes = shown.view.result.get("codes", [])
    most = sum(each["given"] * each["each_cents"] for each in codes)
    likely = sum(each["given"] * each["each_cents"] * each["use"] for each in codes)
    texts, unpriced = shown.sum(Table.TEXTS), shown.sum(Table.UNPRICED)
    share = words.percent(control / entered) if entered else "–"
    return [
        {
            "label": gettext("Customers let in"),
            "value": words.count(entered),
            "note": gettext("%(count)s still inside at the end", count=words.count(shown.inside)),
        },
        {
            "label": gettext("Control group"),
            "value": share if entered else "–",
            "note": ngettext(
                "%(num)s customer to compare with", "%(num)s customers to compare with", control
            ),
        },
        {"label": gettext("Messages"), "value": words.count(shown.sum(Table.SENT)), "note": _per_head(shown)},
        {
            "label": gettext("Cost of SMS"),
            "value": _text_price(shown, texts, unpriced),
            "note": _texts(texts, unpriced),
        },
        {
            "label": gettext("Discounts, at most"),
            "value": words.money(most, shown.currency),
            "note": gettext("likely %(amount)s", amount=words.money(likely, shown.currency)),
        },
    ]


def _text_price(shown: Shown, texts: int, unpriced: int) -> str:
    """What the SMS would cost; how many there are while no price is known."""
    if not texts:
        return words.money(0, shown.currency)
    return words.price(shown.table(Table.PRICE)) if texts > unpriced else words.count(texts)


def _per_head(shown: Shown) -> str:
    treated = shown.sum(Table.ENTERED, last=Arm.TREATED)
    if not treated:
        return ""
    sent = shown.sum(Table.SENT) - shown.sum(Table.TO_CONTROL)
    ratio = format_decimal(round(sent / treated, 1))
    return gettext("%(count)s per treated customer", count=ratio)


def _texts(texts: int, unpriced: int) -> str:
    if not texts:
        return gettext("no SMS would leave")
    if unpriced:
        return gettext("%(count)s SMS without a known price", count=words.count(unpriced))
    return gettext("%(count)s SMS of 160 characters", count=words.count(texts))


def chart(shown: Shown) -> dict[str, Any]:
    """Entries and messages a day, as parts/line_chart.html wants them."""
    days = _days(shown)
    entries = [shown.sum(Table.ENTERED, first=each.isoformat()) for each in days]
    messages = [shown.sum(Table.SENT, first=each.isoformat()) for each in days]
    top = max(TICKS, -(-max(*entries, *messages) // TICKS) * TICKS)
    return {
        "labels": [format_date(each, "d MMM") for each in days],
        "series": [
            {"name": gettext("Customers let in"), "values": entries},
            {"name": gettext("Messages"), "values": messages},
        ],
        "top": top,
        "ticks": [words.count(top * number // TICKS) for number in range(TICKS + 1)],
    }


def _days(shown: Shown) -> list[date]:
    zone = ZoneInfo(shown.time_zone)
    first, last = (moment.astimezone(zone).date() for moment in (shown.view.row.since, shown.view.row.until))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def step_rows(shown: Shown) -> Rows:
    """In the order of the plan."""
    return [
        {
            "step": shown.title(step.key),
            "ran": shown.sum(Table.RAN, first=step.key),
            "sent": shown.sum(Table.SENT, last=step.key) if step.is_send else None,
            "ghost": shown.table(Table.RAN).get(f"{step.key}|{StepOutcome.GHOST}", 0),
            "skipped": shown.sum(Table.SKIPPED, first=step.key),
            "moved": shown.sum(Table.MOVED, first=step.key) if step.is_send else None,
            "unsent": shown.sum(Table.UNSENT, first=step.key) if step.is_send else None,
        }
        for step in shown.definition.steps
    ]


def exit_rows(shown: Shown) -> Rows:
    counts = sorted(shown.table(Table.ENDED).items(), key=lambda pair: -pair[1])
    found = [{"reason": exit_words(ExitReason(reason)), "count": count} for reason, count in counts if count]
    return [*found, {"reason": gettext("Still inside at the end"), "count": shown.inside}]


def cap_rows(shown: Shown) -> Rows:
    """What the gate made of messages, and what made passages wait."""
    moved = {(step, words.moved_words(reason)): count for step, reason, count in _parts(shown, Table.MOVED)}
    waited = {
        (step, words.waited_words(reason)): count for step, reason, count in _parts(shown, Table.WAITED)
    }
    unsent = [
        (step, words.unsent_words(reason), count) for step, reason, count in _parts(shown, Table.UNSENT)
    ]
    later = [(*key, count) for key, count in (*moved.items(), *waited.items())]
    return [
        *(
            {"step": shown.title(step), "reason": reason, "moved": count, "unsent": 0}
            for step, reason, count in later
        ),
        *(
            {"step": shown.title(step), "reason": reason, "moved": 0, "unsent": count}
            for step, reason, count in unsent
        ),
    ]


def skip_rows(shown: Shown) -> Rows:
    return [
        {"step": shown.title(step), "reason": skip_words(Skip(reason)), "count": count}
        for step, reason, count in _parts(shown, Table.SKIPPED)
    ]


def code_rows(shown: Shown) -> Rows:
    """Codes by pool, with what they would cost."""
    return [
        {
            "pool": each["name"],
            "given": each["given"],
            "left": each["left_count"] if each["left_count"] is not None else gettext("as many as wanted"),
            "each": words.money(each["each_cents"], shown.currency),
            "most": words.money(each["given"] * each["each_cents"], shown.currency),
            "likely": words.money(each["given"] * each["each_cents"] * each["use"], shown.currency),
            "use": f"{words.percent(each['use'])} · {_seen(each)}",
        }
        for each in shown.view.result.get("codes", [])
    ]


def _seen(code: Mapping[str, Any]) -> str:
    return (
        gettext("as seen so far") if code["is_use_known"] else gettext("an order of magnitude of the trade")
    )


def rate_rows(shown: Shown) -> Rows:
    return [
        {"step": shown.title(step), "kind": kind, "share": words.percent(value), "source": source}
        for step, kind, value, source in sorted(
            words.rate_rows(shown.view.result.get("rates", {})), key=lambda row: shown.place(row[0])
        )
    ]


def _parts(shown: Shown, table: Table) -> list[tuple[str, str, int]]:
    """(step, reason, count) in the order of the steps, the most frequent first."""
    found = []
    for key, count in shown.table(table).items():
        step, _, reason = key.partition("|")
        found.append((step, reason, count))
    return sorted(found, key=lambda part: (shown.place(part[0]), -part[2]))
