"""Tables and charts of the results of one plan, as the parts of the pages want them."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext

from hub.blueprints.plan_results.links import behind, linked
from hub.blueprints.plan_results.words import head_text, money, rate, rate_text
from hub.blueprints.plan_words import exit_words, step_name, step_words
from hub.blueprints.statistics_words import share
from hub.core.errors import Invalid
from hub.plans.queries import find_definition
from hub.plans.results.clicks import Stage
from hub.plans.results.rows import Arms, Results, StepFigures
from hub.plans.words import Arm, ExitReason, StepOutcome


def funnel_rows(found: Results) -> list[dict[str, Any]]:
    """How far the passages of the treated arm came; the last stage counts customers whose window is closed."""
    funnel, arms = found.funnel, found.arms
    stages = [
        (Stage.ENTERED, gettext("Entered the plan"), funnel.entered, funnel.entered),
        (Stage.WAITING, gettext("Waiting now"), funnel.waiting, funnel.entered),
        (Stage.SENT, gettext("Sent"), funnel.sent, funnel.entered),
        (Stage.DELIVERED, gettext("Delivered"), funnel.delivered, funnel.sent),
        (Stage.ENGAGED, gettext("Engaged"), funnel.engaged, funnel.sent),
        (
            Stage.BOUGHT,
            gettext("Bought (customers whose window is closed)"),
            arms.treated.buyers,
            arms.treated.heads,
        ),
    ]
    return [
        {
            "stage": name,
            "count": count,
            "share": share(rate(count, total)),
            "width": rate(count, total) or 0.0,
            "href": behind(found.plan.key, stage) if count else "",
        }
        for stage, name, count, total in stages
    ]


def step_rows(found: Results) -> list[dict[str, Any]]:
    names = _names(found)
    return [
        {
            "step": names.get(step.step_key) or step_words(step.step_key),
            "posted": step.outcomes.get(StepOutcome.POSTED, 0),
            "ghost": step.outcomes.get(StepOutcome.GHOST, 0),
            "skipped": step.outcomes.get(StepOutcome.SKIPPED, 0) + step.outcomes.get(StepOutcome.EXPIRED, 0),
            "other": _others_of(step),
            **_people_of(found, step),
        }
        for step in found.steps
    ]


def _people_of(found: Results, step: StepFigures) -> dict[str, object]:
    """Figures of the step that lead to their customers."""
    counts = {
        Stage.WAITING: (step.waiting, ""),
        Stage.SENT: (step.sent, ""),
        Stage.DELIVERED: (step.delivered, ""),
        Stage.ENGAGED: (step.engaged, rate_text(step.engaged, step.sent)),
    }
    return {
        stage.value: linked(count, behind(found.plan.key, stage, step=step.step_key), words)
        for stage, (count, words) in counts.items()
    }


def _names(found: Results) -> dict[str, str]:
    """Steps as the newest version names them, where the product does not; none where that cannot be read."""
    if not found.versions or all(step_words(step.step_key) != step.step_key for step in found.steps):
        return {}
    try:
        newest = find_definition(found.versions[0].id)
    except Invalid:
        newest = None
    return {step.key: step_name(step) for step in newest.steps} if newest else {}


def _others_of(step: StepFigures) -> int:
    """Passages in which the step did something that is no message: chose a way, gave a task, wrote a property."""
    named = (StepOutcome.POSTED, StepOutcome.GHOST, StepOutcome.SKIPPED, StepOutcome.EXPIRED)
    return sum(count for outcome, count in step.outcomes.items() if outcome not in named)


def store_rows(found: Results, args: dict[str, str]) -> list[dict[str, Any]]:
    """By name; small numbers are said. A store leads to the same page narrowed to it."""
    return [
        {
            "store": row.name or gettext("No store known"),
            "href": _narrowed(found, args, row.code) if row.code else "",
            **arm_cells(row.arms, found, store=row.code),
        }
        for row in found.by_store
    ]


def version_rows(found: Results) -> list[dict[str, Any]]:
    return [
        {"version": gettext("Version %(number)s", number=number), **arm_cells(arms, found, version=number)}
        for number, arms in found.by_version
    ]


def arm_cells(arms: Arms, found: Results, **part: Any) -> dict[str, Any]:
    """Both arms of one line: heads counted, what they spent, the gain. No address narrows to customers without a store."""
    currency, heads = found.currency, {Arm.TREATED: arms.treated.heads, Arm.CONTROL: arms.control.heads}
    hrefs = {
        arm: behind(found.plan.key, Stage.COMPARED, arm=arm.value, **part) if all(part.values()) else ""
        for arm in heads
    }
    return {
        **{arm.value: linked(count, hrefs[arm]) for arm, count in heads.items()},
        "with": money(arms.treated.mean, currency),
        "without": money(arms.control.mean, currency),
        "gain": head_text(arms, currency, found.plan),
        "open": arms.treated_open + arms.control_open,
    }


def spread(rows: Iterable[tuple[str, Arms]], currency: str) -> dict[str, Any] | None:
    """Gains per head as parts/interval_chart.html wants them, on one scale with zero on it; None without any."""
    said = [(name, arms.gain.per_head, head_text(arms, currency)) for name, arms in rows]
    known = [(name, gain, text) for name, gain, text in said if gain is not None]
    if not known:
        return None
    low = min(0.0, *(gain.low for _, gain, _ in known))
    top = max(0.0, *(gain.high for _, gain, _ in known)) - low or 1.0
    return {
        "top": top,
        "middle": -low,
        "rows": [
            {
                "label": name,
                "low": gain.low - low,
                "value": gain.value - low,
                "high": gain.high - low,
                "text": text,
            }
            for name, gain, text in known
        ],
    }


def exit_rows(found: Results) -> list[dict[str, Any]]:
    treated, control = (found.exits.get(arm, {}) for arm in (Arm.TREATED, Arm.CONTROL))
    return [
        {
            "reason": exit_words(reason),
            **{arm.value: _left(found, arm, reason) for arm in (Arm.TREATED, Arm.CONTROL)},
        }
        for reason in dict.fromkeys([*treated, *control])
    ]


def _left(found: Results, arm: Arm, reason: ExitReason) -> object:
    href = behind(found.plan.key, Stage.LEFT, arm=arm.value, exit=reason.value)
    return linked(found.exits.get(arm, {}).get(reason, 0), href)


def _others(args: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if name not in {"key", "store"}}


def _narrowed(found: Results, args: dict[str, str], code: str) -> str:
    return url_for("plan_results.results", key=found.plan.key, store=code, **_others(args))


def named(found: Results) -> list[tuple[str, Arms]]:
    """All customers, then each version and each store, as the chart of gains lists them."""
    everybody = [(gettext("All of the plan"), found.arms)]
    versions = [(gettext("Version %(number)s", number=number), arms) for number, arms in found.by_version]
    stores = [(row.name or gettext("No store known"), row.arms) for row in found.by_store]
    return [*everybody, *(versions if len(versions) > 1 else []), *(stores if len(stores) > 1 else [])]
