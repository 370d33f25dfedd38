"""How wrong the models would have been: fitted on the past, compared with what customers bought afterwards. Pure."""

from typing import Any

import numpy as np

from hub.segments.values.fitting import expect_purchases, expect_value, fit_spending, fit_timing
from hub.segments.values.summing import DAYS_A_WEEK, Days, Floats, summarise

MOST_DAYS = 182
LEAST_DAYS = 28
SHARE = 3
"""A third of the time known is held out, half a year at most."""


def choose_days(days: Days) -> int:
    """How many days at the end are held out; 0 when too little is known."""
    span = int(days.day.max() - days.day.min()) if len(days.day) else 0
    held = min(MOST_DAYS, span // SHARE)
    return held if held >= LEAST_DAYS else 0


def judge(days: Days, *, until: int) -> dict[str, Any]:
    """Errors on the held-out period: mean absolute error a customer, and of the sum, of the models and of a naive guess.

    The naive guess: each customer buys as often, and for as much, as in the period of the same length before.
    Raises NotFittedError. Empty when too little is known.
    """
    held = choose_days(days)
    if not held:
        return {}
    cut = until - held
    before, after = _part(days, upto=cut), _part(days, after=cut, upto=until)
    customers = np.unique(before.customer)
    table = summarise(before, until=cut)
    expected = expect_purchases(fit_timing(table), table, held / DAYS_A_WEEK)
    value = expected * expect_value(fit_spending(table), table)
    naive_count, naive_value = _per_customer(_part(before, after=cut - held, upto=cut), customers)
    real_count, real_value = _per_customer(after, customers)
    return {
        "days": held,
        "customers": len(customers),
        **_errors("orders", expected, naive_count, real_count),
        **_errors("value", value, naive_value, real_value),
    }


def _part(days: Days, *, upto: int, after: int = -1_000_000_000) -> Days:
    kept = (days.day > after) & (days.day <= upto)
    return Days(days.customer[kept], days.day[kept], days.value[kept])


def _per_customer(days: Days, customers: Any) -> tuple[Floats, Floats]:
    """Purchases and their value in a period, in the order of `customers`; who is not among them is left out."""
    known = np.isin(days.customer, customers)
    places = np.searchsorted(customers, days.customer[known])
    size = len(customers)
    return (
        np.bincount(places, minlength=size).astype(np.float64),
        np.bincount(places, weights=days.value[known], minlength=size).astype(np.float64),
    )


def _errors(name: str, model: Floats, naive: Floats, real: Floats) -> dict[str, float]:
    total = float(real.sum())
    return {
        f"{name}_real": round(total, 2),
        f"{name}_model": round(float(model.sum()), 2),
        f"{name}_naive": round(float(naive.sum()), 2),
        f"{name}_model_mae": round(float(np.abs(model - real).mean()), 4),
        f"{name}_naive_mae": round(float(np.abs(naive - real).mean()), 4),
    }
