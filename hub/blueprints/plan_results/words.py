"""Results of plans in the reader's words: the gain and its interval, what is missing, stages, steps, stores."""

from decimal import Decimal

from babel import Locale
from flask_babel import format_currency, format_date, format_decimal, get_locale, gettext, ngettext

from hub.blueprints.statistics_words import share
from hub.core.intervals import wilson
from hub.core.text import N_, with_minus
from hub.plans.results.rows import Arms, PlanHead, Results
from hub.plans.results.rules import Gain, Missing, Money

FIELD = {
    "welcome_pack": N_("20 to 30% buy again"),
    "anti_churn": N_("40 to 50% open, 10% of them buy"),
    "birthday": N_("50 to 60% open"),
    "abandoned_basket": N_("20% buy"),
}
"""Orders of magnitude from the trade (specification, "What each plan shows"), shown beside, never reckoned with."""

BUYING = frozenset({"welcome_pack", "abandoned_basket"})
"""Plans whose order of magnitude is about buying, not opening."""

EURO = 100


def plan_name(plan: PlanHead) -> str:
    return plan.name_en if str(get_locale()) == "en" else plan.name_fr


def field_words(key: str) -> str | None:
    return gettext(FIELD[key]) if key in FIELD else None


def beside(key: str) -> str | None:
    """The same as a note under the chain's own figure."""
    words = field_words(key)
    return gettext("in the field: %(words)s", words=words) if words else None


def money(cents: float | None, currency: str, *, is_signed: bool = False) -> str:
    """Whole euros from a hundred on, with cents below; a dash for nothing known."""
    if cents is None:
        return "–"
    amount = Decimal(round(cents)) / EURO
    form = (get_locale() or Locale("fr")).currency_formats["standard"].pattern
    if abs(amount) >= EURO:
        words = format_currency(amount, currency, format=form.replace(".00", ""), currency_digits=False)
    else:
        words = format_currency(amount, currency)
    return f"+{words}" if is_signed and amount > 0 else with_minus(str(words))


def span(found: Money, currency: str) -> str:
    """`between 2 100 € and 22 500 €`, at 95 %."""
    low, high = money(found.low, currency), money(found.high, currency)
    return str(gettext("between %(low)s and %(high)s (95%% interval)", low=low, high=high))


def gain_value(arms: Arms, currency: str, plan: PlanHead | None = None) -> str:
    found = arms.gain.in_all
    return money(found.value, currency, is_signed=True) if found else unknown_words(plan)


def unknown_words(plan: PlanHead | None) -> str:
    """Why there is no gain to show: without a control group it is not a matter of time."""
    return gettext("Too early") if plan is None or plan.control_percent else gettext("Not compared")


def gain_text(arms: Arms, currency: str) -> str:
    """The gain in all with its interval, or that it is too early."""
    found = arms.gain.in_all
    if found is None:
        return gettext("Too early")
    return f"{money(found.value, currency, is_signed=True)} · {span(found, currency)}"


def head_text(arms: Arms, currency: str, plan: PlanHead | None = None) -> str:
    """The gain per head with its interval."""
    found = arms.gain.per_head
    if found is None:
        return unknown_words(plan)
    return f"{money(found.value, currency, is_signed=True)} · {span(found, currency)}"


def verdict(arms: Arms, plan: PlanHead | None) -> str:
    """What can be said of the gain, in one sentence."""
    gain = arms.gain
    if gain.per_head is None:
        return missing_words(gain, plan)
    if not gain.is_sure:
        sentence = gettext("The interval holds zero: it is not sure yet that the plan earns anything.")
        more = (gain.control_for_fifth or 0) - arms.control.heads
        if more > 0:
            sentence += " " + ngettext(
                "To see a gain of a fifth, %(count)s control customer more is needed.",
                "To see a gain of a fifth, %(count)s control customers more are needed.",
                more,
                count=format_decimal(more),
            )
        return str(sentence)
    if gain.per_head.low > 0:
        return gettext("The plan earns more than it would without its messages.")
    return gettext("The plan costs revenue: customers without its messages spend more.")


def missing_words(gain: Gain, plan: PlanHead | None) -> str:
    """What an arm still lacks before a gain can be said."""
    if plan is not None and not plan.control_percent:
        return gettext("This plan has no control group, so that nothing can be compared.")
    parts = [
        _missing(part, name)
        for part, name in (
            (gain.control_missing, gettext("in the control group")),
            (gain.treated_missing, gettext("among those with messages")),
        )
        if part
    ]
    return gettext("Too early. Still missing, with their window over: %(parts)s.", parts=", ".join(parts))


def missing_short(gain: Gain, plan: PlanHead | None) -> str:
    """The same for a cell of a table: how many are missing, not out of how many."""
    if plan is not None and not plan.control_percent:
        return missing_words(gain, plan)
    more = [
        gettext(words, count=format_decimal(part.more))
        for part, words in (
            (gain.control_missing, N_("control group: %(count)s")),
            (gain.treated_missing, N_("with messages: %(count)s")),
        )
        if part
    ]
    if not more:
        return gettext("Too early")
    return gettext("Too early. Customers still missing: %(parts)s", parts=", ".join(more))


def _missing(part: Missing, group: str) -> str:
    return str(
        ngettext(
            "%(count)s customer %(group)s (of %(all)s)",
            "%(count)s customers %(group)s (of %(all)s)",
            part.more,
            count=format_decimal(part.more),
            group=group,
            all=format_decimal(part.heads),
        )
    )


def rate_text(count: int, total: int) -> str:
    """`21 % (18 % to 24 %)`, by Wilson's interval."""
    found = wilson(count, total)
    if found is None:
        return "–"
    return str(
        gettext(
            "%(share)s (%(low)s to %(high)s)",
            share=share(found.value),
            low=share(found.low),
            high=share(found.high),
        )
    )


def rate(count: int, total: int) -> float | None:
    return count / total if total else None


def counting_words(arms: Arms) -> str:
    """Whose window is still open."""
    count = arms.treated_open + arms.control_open
    return str(
        ngettext(
            "%(count)s customer is still counting: the window is not over.",
            "%(count)s customers are still counting: their window is not over.",
            count,
            count=format_decimal(count),
        )
    )


def ahead_words(found: Results) -> str:
    """Who has entered and is not compared yet, since nothing can reach him before."""
    count = found.ahead.passages
    return str(
        ngettext(
            "%(count)s customer has entered whose window opens later, on %(day)s.",
            "%(count)s customers have entered whose window opens later, the first on %(day)s.",
            count,
            count=format_decimal(count),
            day=format_date(found.ahead.first_at, "d MMM y"),
        )
    )


def dates_words() -> str:
    """What a plan compares whose steps count from a day of the customer."""
    return gettext(
        "Steps of this plan count from a day that may lie after the entry: the window opens when the first one can reach the "
        "customer, and its days are counted from the last of these days. The period chooses customers by the opening."
    )


def version_choices(found: Results) -> list[tuple[int, str]]:
    return [(row.number, gettext("Version %(number)s", number=row.number)) for row in found.versions]


def counted_words(found: Results) -> str:
    """Who is in the comparison, and over which window."""
    windows = gettext(" or ").join(str(days) for days in found.horizons) or "30"
    return str(
        ngettext(
            "Counted: %(treated)s customer with messages, %(control)s in the control group, each over %(days)s days.",
            "Counted: %(treated)s customers with messages, %(control)s in the control group, each over %(days)s days.",
            found.arms.treated.heads,
            treated=format_decimal(found.arms.treated.heads),
            control=format_decimal(found.arms.control.heads),
            days=windows,
        )
    )
