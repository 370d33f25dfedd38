"""Replays in the reader's words: versions, states, what was counted, and what a replay cannot know."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from flask_babel import format_currency, format_decimal, format_percent, get_locale, gettext, ngettext

from hub.blueprints.customer_words import block_words
from hub.blueprints.plan_words import wait_words
from hub.plans.definitions import Definition
from hub.plans.drafts.rows import PlanWords
from hub.plans.replay.occurrences import AS_NOTED, WITHOUT_PAST
from hub.plans.replay.rates import asked_reactions
from hub.plans.replay.rows import ReplayRow, VersionChoice
from hub.plans.replay.words import RateSource, Reaction, ReplayState
from hub.plans.words import Trigger, Wait

EURO, MILLION = 100, 1_000_000


def plan_name(plan: PlanWords) -> str:
    return plan.name_en if str(get_locale()) == "en" else plan.name_fr


def version_words(version: VersionChoice) -> str:
    if version.is_draft:
        return gettext("The draft")
    number = gettext("Version %(number)s", number=version.number)
    return gettext("%(version)s, in use", version=number) if version.is_published else number


def row_version(row: ReplayRow) -> str:
    """The version of a replay, and whether it is still the same."""
    name = gettext("Draft") if row.is_draft else gettext("Version %(number)s", number=row.version_number)
    return gettext("%(version)s, changed since", version=name) if row.has_changed else name


def state_words(state: ReplayState) -> tuple[str, str | None]:
    """With the tone of its chip."""
    return {
        ReplayState.WAITING: (gettext("about to begin"), None),
        ReplayState.RUNNING: (gettext("under way"), None),
        ReplayState.DONE: (gettext("done"), "ok"),
        ReplayState.FAILED: (gettext("failed"), "late"),
        ReplayState.STOPPED: (gettext("stopped"), "warn"),
    }[state]


def error_words(row: ReplayRow) -> str:
    return gettext(row.error) if row.error else ""


def days_words(row: ReplayRow) -> str:
    return str(ngettext("the last %(num)s day", "the last %(num)s days", row.days))


def money(cents: float, currency: str) -> str:
    """Whole euros from a hundred on."""
    amount = Decimal(round(cents)) / EURO
    if amount >= EURO:
        form = (get_locale() or Locale("fr")).currency_formats["standard"].pattern
        return str(format_currency(amount, currency, format=form.replace(".00", ""), currency_digits=False))
    return str(format_currency(amount, currency))


def price(micros: Mapping[str, int]) -> str:
    """What texts cost, by currency."""
    return " + ".join(money(count / MILLION * EURO, currency) for currency, count in micros.items()) or "–"


def percent(value: float) -> str:
    return str(
        format_percent(round(value, 3), format=None if round(value * 100) == value * 100 else "#,##0.0 %")
    )


def count(number: int) -> str:
    return str(format_decimal(number))


def unsent_words(reason: str) -> str:
    """Why a message never left; what it waited for is told where it waited too long."""
    kind, _, detail = reason.partition(":")
    words = block_words(kind)
    return (
        gettext("%(reason)s It waited for: %(detail)s", reason=words, detail=block_words(detail))
        if block_words(detail)
        else words
    )


def moved_words(reason: str) -> str:
    return block_words(reason)


def waited_words(reason: str) -> str:
    return wait_words(Wait(reason))


def reaction_words(kind: Reaction) -> str:
    return {
        Reaction.OPENED: gettext("opens"),
        Reaction.CLICKED: gettext("clicks"),
        Reaction.ANSWERED: gettext("answers"),
    }[kind]


def source_words(source: RateSource) -> str:
    return {
        RateSource.GIVEN: gettext("typed in"),
        RateSource.STEP: gettext("as seen at this step"),
        RateSource.CHAIN: gettext("as seen in the whole chain"),
        RateSource.USUAL: gettext("an order of magnitude of the trade"),
    }[source]


def caveats(definition: Definition) -> list[str]:
    """What the reader must know, a sentence each."""
    found = [
        gettext(
            "Customers buy as they did: the past happened without this plan, so that a replay says what it would have sent, not what it would have sold."
        ),
        gettext(
            "Consents, grievances and frequency caps are as they were at each moment; other messages sent then fill the caps too."
        ),
    ]
    if asked_reactions(definition):
        found.append(
            gettext(
                "Nobody can have opened, clicked or answered what was never sent: who would have is drawn at the rates below, always the same for a customer and step."
            )
        )
    triggers: Sequence[Trigger] = definition.entry.on
    if Trigger.CHURN_BELOW in triggers:
        found.append(
            gettext("Scores of the past are not kept: customers enter where a fall was noted at the time.")
        )
    elif AS_NOTED & set(triggers):
        found.append(
            gettext(
                "What let customers in is known as far as it was noted at the time; imported history has no such notes."
            )
        )
    if WITHOUT_PAST & set(triggers):
        found.append(
            gettext("Nobody knows whom a person would have let in by hand: these entries are left out.")
        )
    return found


def caught_up(number: int) -> str:
    """Who made the first day as large as it is; "" when nobody was caught up with."""
    return (
        str(
            ngettext(
                "The first day holds %(num)s customer the plan catches up with, as on the day it is switched on.",
                "The first day holds %(num)s customers the plan catches up with, as on the day it is switched on.",
                number,
            )
        )
        if number
        else ""
    )


def rate_rows(rates: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, float, str]]:
    """(step key, reaction, share, source)."""
    return [
        (step, reaction_words(Reaction(kind)), rate["value"], source_words(RateSource(rate["source"])))
        for step, kinds in rates.items()
        for kind, rate in kinds.items()
    ]
