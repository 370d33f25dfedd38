"""Purchases to the table that the models are fitted on: purchases of one day are one, times are in weeks. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.segments.values.fitting import Summary

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAYS_A_WEEK = 7.0


@dataclass(frozen=True)
class Purchases:
    """One element an order: customer (any number), day (a running number), value. A negative value is a return: it takes
    from the day it stands on, or from the latest before it, and is no purchase.
    """

    customer: Ints
    day: Ints
    value: Floats

    def until(self, day: int) -> "Purchases":
        kept = self.day <= day
        return Purchases(self.customer[kept], self.day[kept], self.value[kept])


@dataclass(frozen=True)
class Days:
    """One element a customer and day with a purchase, ordered by both."""

    customer: Ints
    day: Ints
    value: Floats


def group_by_day(given: Purchases) -> Days:
    """Sum a customer's purchases of each day; returns go to the latest day of purchase up to theirs."""
    bought = given.value >= 0
    order = np.lexsort((given.day[bought], given.customer[bought]))
    customer, day = given.customer[bought][order], given.day[bought][order]
    value = given.value[bought][order]
    if not len(customer):
        return Days(customer, day, value)
    starts = np.flatnonzero(np.r_[True, (np.diff(customer) != 0) | (np.diff(day) != 0)])
    days = Days(customer[starts], day[starts], np.add.reduceat(value, starts))
    return _take_returns(days, given, ~bought)


def _take_returns(days: Days, given: Purchases, back: NDArray[np.bool_]) -> Days:
    if not back.any():
        return days
    span = int(max(days.day.max(), given.day.max())) + 2
    places = (
        np.searchsorted(
            days.customer * span + days.day, given.customer[back] * span + given.day[back], "right"
        )
        - 1
    )
    is_own = (places >= 0) & (days.customer[places] == given.customer[back])
    value = days.value.copy()
    np.add.at(value, places[is_own], given.value[back][is_own])
    return Days(days.customer, days.day, value)


def summarise(days: Days, *, until: int) -> Summary:
    """The table as of the end of a day: x, t_x, T in weeks and the mean value of the purchases after the first."""
    if not len(days.customer):
        empty = np.zeros(0)
        return Summary(empty, empty, empty, empty)
    starts = np.flatnonzero(np.r_[True, np.diff(days.customer) != 0])
    ends = np.r_[starts[1:], len(days.customer)]
    x = (ends - starts - 1).astype(np.float64)
    first, last = days.day[starts], days.day[ends - 1]
    later = np.add.reduceat(days.value, starts) - days.value[starts]
    mean = np.divide(later, x, out=np.zeros_like(later), where=x > 0)
    return Summary(x, (last - first) / DAYS_A_WEEK, (until - first) / DAYS_A_WEEK, mean)
