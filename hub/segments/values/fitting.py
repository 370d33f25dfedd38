"""Fits BG/NBD and gamma-gamma by maximum likelihood, and says what they expect of a customer. Pure.

BG/NBD: P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005), equations 6
and 10. Gamma-gamma: P. Fader, B. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), equations 1a and 5. Both
maximise over the logarithms of their parameters, with gradients; units are weeks and the currency's main unit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1, psi

Floats = NDArray[np.float64]
STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 5.0, 0.8, 2.5), (0.5, 20.0, 1.0, 5.0))
"""Of BG/NBD; alpha is then multiplied by the scale of T. The best of them is kept."""
GAMMA_STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 1.0))
"""Of gamma-gamma; v is then multiplied by the mean value."""
LEAST_REPEATERS = 10
LOGS = (-9.0, 9.0)
"""Logarithms of the parameters are looked for between these: customers who never leave, say, push one to its end."""


class NotFittedError(ValueError):
    """The data do not settle the parameters; the text says why, in English."""


@dataclass(frozen=True)
class Summary:
    """One element a customer. `x`: purchases after the first, `t_x`: weeks from the first to the last, `T`: weeks from
    the first to the end, `mean`: mean value of the purchases after the first (0 without one).
    """

    x: Floats
    t_x: Floats
    T: Floats
    mean: Floats


@dataclass(frozen=True)
class Timing:
    """BG/NBD."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class Spending:
    """Gamma-gamma."""

    p: float
    q: float
    v: float


def fit_timing(given: Summary) -> Timing:
    """Raises NotFittedError."""
    _check(given)
    scale = float(given.T.max()) / 10
    rows, counts = np.unique(np.stack([given.x, given.t_x, given.T]), axis=1, return_counts=True)
    x, t_x, span = rows[0], rows[1] / scale, rows[2] / scale
    best = _best(lambda logs: _timing_loss(logs, x, t_x, span, counts), STARTS)
    r, alpha, a, b = (float(value) for value in np.exp(best))
    return Timing(r, alpha * scale, a, b)


def _timing_loss(
    logs: Floats, x: Floats, t_x: Floats, span: Floats, counts: NDArray[Any]
) -> tuple[float, Floats]:
    """Mean negative log-likelihood (equation 6) and its gradient by the logarithms."""
    r, alpha, a, b = np.exp(logs)
    has_repeated = x > 0
    alive = -(r + x) * np.log(alpha + span)
    safe = np.where(has_repeated, b + x - 1, 1.0)
    gone = np.where(has_repeated, np.log(a) - np.log(safe) - (r + x) * np.log(alpha + t_x), -np.inf)
    both = np.logaddexp(alive, gone)
    value = (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + both
    )  # fmt: skip
    still, left = np.exp(alive - both), np.exp(gone - both)
    slopes = np.stack([
        psi(r + x) - psi(r) + np.log(alpha) - still * np.log(alpha + span) - left * np.log(alpha + t_x),
        r / alpha - (r + x) * (still / (alpha + span) + left / (alpha + t_x)),
        psi(a + b) - psi(a + b + x) + left / a,
        psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x) - np.where(has_repeated, left / safe, 0.0),
    ])  # fmt: skip
    total = counts.sum()
    return -float(value @ counts) / total, -(slopes @ counts) / total * np.array([r, alpha, a, b])


def fit_spending(given: Summary) -> Spending:
    """Of the customers who came back and spent something. Raises NotFittedError."""
    counts = (given.x > 0) & (given.mean > 0)
    if counts.sum() < LEAST_REPEATERS:
        raise NotFittedError("Fewer than 10 customers spent anything after their first purchase.")
    x, mean = given.x[counts], given.mean[counts]
    scale = float(mean.mean())
    best = _best(lambda logs: _spending_loss(logs, x, mean / scale), GAMMA_STARTS)
    p, q, v = (float(value) for value in np.exp(best))
    return Spending(p, q, v * scale)


def _spending_loss(logs: Floats, x: Floats, mean: Floats) -> tuple[float, Floats]:
    """Mean negative log-likelihood (equation 1a) and its gradient by the logarithms."""
    p, q, v = np.exp(logs)
    px, sum_ = p * x, v + x * mean
    value = (
        gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
        + (px - 1) * np.log(mean) + px * np.log(x) - (px + q) * np.log(sum_)
    )  # fmt: skip
    slopes = np.stack([
        x * (psi(px + q) - psi(px) + np.log(mean) + np.log(x) - np.log(sum_)),
        psi(px + q) - psi(q) + np.log(v) - np.log(sum_),
        q / v - (px + q) / sum_,
    ])  # fmt: skip
    return -float(value.mean()), -slopes.mean(axis=1) * np.array([p, q, v])


def _best(loss: Any, starts: tuple[tuple[float, ...], ...]) -> Floats:
    """The lowest of the minima reached. Raises NotFittedError when a parameter runs away, or none is reached."""
    found = [
        minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=[LOGS] * len(start),
                 options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9})
        for start in starts
    ]  # fmt: skip
    good = [each for each in found if np.isfinite(each.fun)]
    if not good:
        raise NotFittedError("The likelihood has no finite value on these orders.")
    best: Floats = min(good, key=lambda each: float(each.fun)).x
    return best


def _check(given: Summary) -> None:
    if len(given.x) == 0:
        raise NotFittedError("There are no orders.")
    if (given.x > 0).sum() < LEAST_REPEATERS:
        raise NotFittedError("Fewer than 10 customers bought again after their first purchase.")


def expect_purchases(by: Timing, given: Summary, weeks: float) -> Floats:
    """Expected purchases in the next `weeks` (equation 10), by a power series that stays finite for many purchases."""
    r, alpha, a, b = by.r, by.alpha, by.a, by.b
    x, t_x, span = given.x, given.t_x, given.T
    z = weeks / (alpha + span + weeks)
    series = hyp2f1(r + x, b + x, a + b + x - 1, z)
    rest = np.exp((r + x) * np.log((alpha + span) / (alpha + span + weeks))) * series
    if abs(a - 1) < 1e-6:  # noqa: PLR2004 - the formula divides by a - 1
        return expect_purchases(Timing(r, alpha, a + 1e-4, b), given, weeks)
    expected = (a + b + x - 1) / (a - 1) * (1 - rest)
    gone = np.where(
        x > 0,
        np.log(a) - np.log(np.maximum(b + x - 1, 1e-12)) + (r + x) * np.log((alpha + span) / (alpha + t_x)),
        -np.inf,
    )
    found: Floats = np.nan_to_num(expected / (1 + np.exp(np.minimum(gone, 700))), nan=0.0, posinf=0.0)
    return np.maximum(found, 0.0)


def expect_value(by: Spending, given: Summary) -> Floats:
    """Expected value of a purchase (equation 5): between the customer's own mean and that of all."""
    p, q, v = by.p, by.q, by.v
    everybody = p * v / (q - 1) if q > 1 else float(given.mean[given.x > 0].mean())
    share = p * given.x / (p * given.x + max(q - 1, 1e-9))
    found: Floats = (1 - share) * everybody + share * given.mean
    return np.where(given.x > 0, found, everybody)


def log_likelihood_at(by: Timing, given: Summary) -> float:
    """Of the whole table, to compare fits."""
    logs = np.log(np.array([by.r, by.alpha, by.a, by.b]))
    loss, _ = _timing_loss(logs, given.x, given.t_x, given.T, np.ones(len(given.x), dtype=np.int64))
    return -loss * len(given.x)
