"""The year with and without plans in the reader's words: rows, rates, customers, values, revenue, gain."""

from typing import Any

from flask import url_for
from flask_babel import format_decimal, gettext

from hub.blueprints.plan_results.words import field_words, gain_text, missing_short, money, plan_name
from hub.blueprints.statistics_words import share
from hub.core.text import N_
from hub.plans.results.gains import GainLine, Gains
from hub.plans.results.rows import Arms
from hub.plans.results.words import Benefit

NAMES = {
    Benefit.CUSTOMERS_WON: N_("Prospects turned into customers"),
    Benefit.MADE_LOYAL: N_("New customers turned loyal"),
    Benefit.KEPT_ACTIVE: N_("Loyal customers kept active"),
    Benefit.YEARLY_VALUE: N_("Extra yearly value per customer"),
}
PLAN_NAMES = {
    "welcome_pack": N_("Welcome pack"),
    "anti_churn": N_("Anti-churn"),
    "churn_rescue": N_("Churn-rescue plan"),
    "reactivation": N_("Reactivation"),
    "cross_sell": N_("Up and cross-sell"),
    "abandoned_basket": N_("Abandoned basket"),
    "birthday": N_("Birthday"),
    "replenishment": N_("Replenishment"),
    "renewal": N_("Renewal at the end of life"),
    "review_request": N_("Review request"),
}
"""For plans that the chain does not have; its own are called as it calls them."""


def rows(found: Gains, args: dict[str, str]) -> list[dict[str, Any]]:
    """One line a plan, in the order of the table."""
    return [_row(line, found.currency, args) for line in found.lines]


def has_heads(found: Gains) -> bool:
    """Whether anybody at all is in one of the arms: else there are only lines without a figure."""
    return any(line.arms.heads for line in found.lines)


def _row(line: GainLine, currency: str, args: dict[str, str]) -> dict[str, Any]:
    cells = {
        "benefit": _title(line),
        "href": url_for("plan_results.results", key=line.plan_key, **_kept(args)) if line.plan else "",
        "field": _field(line),
    }
    return {**cells, **figures(line, currency)}


def _field(line: GainLine) -> str:
    """That of the welcome is about second purchases: it says nothing of prospects."""
    return "" if line.benefit is Benefit.CUSTOMERS_WON else field_words(line.plan_key) or ""


def _kept(args: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if name != "key"}


def figures(line: GainLine, currency: str) -> dict[str, Any]:
    """Without and with, on as many customers as were treated; nothing but why where nothing can be said."""
    said = line.arms.gain.in_all
    why = "" if said else _why(line)
    if said is None:
        return {**dict.fromkeys(("rate", "customers", "value", "revenue", "each"), ""), "gain": why}
    treated, control = line.arms.treated, line.arms.control
    return {
        "rate": _pair(share(control.rate), share(treated.rate)),
        "customers": _pair(*(format_decimal(round(each)) for each in bought(line.arms))),
        "value": _pair(money(control.value, currency), money(treated.value, currency)),
        "revenue": _pair(
            money((control.mean or 0) * treated.heads, currency), money(treated.spent, currency)
        ),
        "gain": gain_text(line.arms, currency),
        "each": money(said.value / treated.heads, currency, is_signed=True),
    }


def bought(arms: Arms) -> tuple[float, float]:
    """How many of the treated would have bought without, and did with."""
    return (arms.control.rate or 0.0) * arms.treated.heads, float(arms.treated.buyers)


def _pair(without: str, with_: str) -> str:
    return f"{without} → {with_}"


def _why(line: GainLine) -> str:
    if line.plan is None:
        return gettext("The chain has no such plan yet.")
    if not line.arms.heads:
        return gettext("Nobody entered in this period, or no window has opened yet.")
    return missing_short(line.arms.gain, line.plan)


def total_value(found: Gains) -> str:
    return money(found.total.value, found.currency, is_signed=True) if found.total else gettext("Too early")


def named(found: Gains) -> list[tuple[str, Arms]]:
    """The plans as the chart of gains lists them."""
    return [(_title(line), line.arms) for line in found.lines if line.plan]


def _title(line: GainLine) -> str:
    """What it is for, and the plan as the chain calls it."""
    name = plan_name(line.plan) if line.plan else gettext(PLAN_NAMES[line.plan_key])
    return " · ".join((gettext(NAMES[line.benefit]), name))
