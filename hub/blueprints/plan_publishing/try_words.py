"""A plan tried with a customer in the reader's words: what would become of each step, and why."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import get_locale, gettext

from hub.blueprints import plan_builtin_words
from hub.blueprints.customer_words import block_words
from hub.blueprints.plan_condition_words import clause_words, clauses_words, exit_words, trigger_words
from hub.blueprints.plan_publishing.base import Names
from hub.outbox.rules import Answer
from hub.plans.trying.rows import Fate, Lacks, Trial, TriedStep
from hub.plans.words import Arm, Skip

__all__ = ["clause_words", "trigger_words"]
TONES = {
    Fate.SENT: "ok",
    Fate.DONE: "ok",
    Fate.REFUSED: "late",
    Fate.SKIPPED: "warn",
    Fate.LATE: "warn",
    Fate.CHOSEN: "info",
    Fate.OPEN: "info",
    Fate.ENDS: "plain",
    Fate.LEAVES: "warn",
}


def local(at: datetime, trial: Trial) -> str:
    """`mardi 3 mars 2026, 10:00`: the customer's own time."""
    locale = str(get_locale())
    moment = at.astimezone(ZoneInfo(trial.time_zone))
    day = format_date(moment.date(), "EEEE d MMMM y", locale=locale)
    return f"{day}, {format_time(moment.time(), 'short', locale=locale)}"


def fate_words(tried: TriedStep) -> str:
    """The chip of a step."""
    if tried.fate in {Fate.SENT, Fate.DONE} and (tried.ifs or tried.ways):
        return gettext("if it comes to that")
    words = {
        Fate.SENT: gettext("would be sent"),
        Fate.DONE: gettext("would be done"),
        Fate.REFUSED: gettext("would not leave"),
        Fate.SKIPPED: gettext("skipped"),
        Fate.LATE: gettext("too late"),
        Fate.CHOSEN: gettext("decided"),
        Fate.OPEN: gettext("open"),
        Fate.ENDS: gettext("the end"),
        Fate.LEAVES: gettext("leaves the plan"),
    }
    return words[tried.fate]


def why(tried: TriedStep, names: Names) -> list[str]:
    """Why it happens or not, sentence by sentence."""
    lines = [_way(way.fork.key, names, is_yes=way.is_yes) for way in tried.ways]
    if tried.is_held:
        lines.append(gettext("An open grievance makes the plan wait; this is how it would go on."))
    if tried.exit_reason:
        lines.append(gettext("Leaves before this step: %(reason)s.", reason=exit_words(tried.exit_reason)))
    if tried.fate is Fate.CHOSEN:
        lines.append(_chosen(tried, names))
    elif tried.fate is Fate.OPEN:
        asked = clauses_words(tried.ifs, names.segments)
        lines.append(
            gettext(
                "Depends on what the customer does: if %(condition)s, goes on here, otherwise to “%(step)s”.",
                condition=asked,
                step=names.step(tried.step.otherwise),
            )
        )
    elif tried.ifs:
        lines.append(gettext("Only if %(condition)s.", condition=clauses_words(tried.ifs, names.segments)))
    if tried.fate in {Fate.SKIPPED, Fate.LATE} and tried.reason:
        lines.append(_skipped(tried, tried.reason, names))
    return [*lines, *_gate(tried)]


def _way(fork: str, names: Names, *, is_yes: bool) -> str:
    if is_yes:
        return gettext("If “%(fork)s” is answered with yes.", fork=names.step(fork))
    return gettext("If “%(fork)s” is answered with no.", fork=names.step(fork))


def _chosen(tried: TriedStep, names: Names) -> str:
    asked = clauses_words(tried.step.when, names.segments)
    if tried.reason is Skip.YES:
        return gettext("Yes, as is known now: %(condition)s.", condition=asked)
    return gettext(
        "No, as is known now: %(condition)s. Goes on to “%(step)s”.",
        condition=asked,
        step=names.step(tried.step.otherwise),
    )


def _skipped(tried: TriedStep, reason: Skip, names: Names) -> str:
    if reason is Skip.CONDITION and tried.failed:
        asked = "; ".join(clause_words(each, names.segments) for each in tried.failed)
        return gettext("Not true of this customer, as is known now: %(condition)s.", condition=asked)
    return skip_words(reason)


def skip_words(reason: Skip) -> str:
    words = {
        Skip.CONDITION: gettext("Its conditions do not hold."),
        Skip.NEVER_SENT: gettext("The message that it asks about would not have left."),
        Skip.NOT_TOLD: gettext("No message that announces the day would have left."),
        Skip.TOO_LATE: gettext("It would be too late by then."),
        Skip.OFF: gettext("This step is switched off."),
        Skip.HAS_RUN: gettext("This step has run already."),
        Skip.NO_TEMPLATE: gettext("The message is not published in the customer's language."),
        Skip.NO_CODE: gettext("No promo code is left."),
        Skip.NO_CALL: gettext("No phone number is known."),
        Skip.NOBODY: gettext("Nobody of the store could be told."),
        Skip.UNKNOWN_PROPERTY: gettext("The property does not exist any more."),
    }
    return words.get(reason) or plan_builtin_words.skip_words(reason)


def _gate(tried: TriedStep) -> list[str]:
    verdict = tried.verdict
    if verdict is None or verdict.answer is Answer.NOW:
        return []
    words = block_words(verdict.reason)
    if tried.fate is Fate.SENT:
        return [gettext("It waits at the gate: %(reason)s", reason=words)]
    return [words]


def arm_words(trial: Trial) -> str:
    if trial.arm is Arm.CONTROL and any(tried.step.in_both_arms for tried in trial.steps):
        return gettext(
            "This customer would be in the control group and receive only what everybody must be told. Below is what the "
            "others would receive."
        )
    if trial.arm is Arm.CONTROL:
        return gettext(
            "This customer would be in the control group and receive none of it. Below is what the others would receive."
        )
    return gettext("This customer would be in the group that receives the messages.")


def lacks_words(lacks: Lacks) -> str:
    """Why he could not enter just now; the steps are shown as if he did."""
    words = {
        Lacks.ORDER: gettext(
            "No order is known, so that this customer could not enter now. The days are counted from now."
        ),
        Lacks.BASKET: gettext(
            "No open basket is known, so that this customer could not enter now. The days are counted from now."
        ),
        Lacks.DATE: gettext(
            "The date is not known, so that this customer could not enter. The days are counted from now."
        ),
    }
    return words[lacks]
