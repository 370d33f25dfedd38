"""A plan's gain beside that of another period, in the reader's words: per customer, of windows that are over on both sides."""

from dataclasses import dataclass

from flask_babel import gettext

from hub.blueprints.plan_results.words import head_text, rate_text
from hub.blueprints.statistics_words import beside
from hub.core.text import N_
from hub.plans.results.rows import Arms, Results
from hub.statistics.rules import Compare, Filters


@dataclass(frozen=True)
class Past:
    """What stands beside the gain and beside who bought; None where nothing is compared."""

    gain: str | None = None
    bought: str | None = None


def say_past(found: Results, filters: Filters) -> Past:
    if filters.compare is Compare.NONE:
        return Past()
    if filters.before() is None:
        return Past(gettext("not compared: none of its days is over"))
    if found.before is None:
        return Past(gettext("not compared: that period holds too many entries to be counted at once"))
    return Past(_gain(found.before, found, filters.compare), _bought(found.before, filters.compare))


def _gain(arms: Arms, found: Results, compare: Compare) -> str | None:
    """The sum grows with the customers; the gain of one of them does not."""
    if arms.gain.per_head is None or found.arms.gain.per_head is None:
        few = N_("too few to compare with the period before")
        return str(gettext(N_("too few to compare") if compare is Compare.YEAR else few))
    now = gettext("per customer: %(text)s", text=head_text(found.arms, found.currency))
    return " · ".join([now, beside(head_text(arms, found.currency), compare) or ""])


def _bought(arms: Arms, compare: Compare) -> str | None:
    treated = arms.treated
    return beside(rate_text(treated.buyers, treated.heads), compare) if treated.heads else None
