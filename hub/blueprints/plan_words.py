"""Plans in the reader's words: sentences, delays, results, reasons to leave."""

from collections.abc import Mapping
from typing import Protocol

from flask_babel import get_locale, gettext, ngettext

from hub.blueprints.message_names import template_title
from hub.blueprints.plan_builtin_words import plan_sentence, skip_words, step_words
from hub.blueprints.plan_condition_words import (
    clauses_words,
    ends_words,
    exit_words,
    segment_ids,
)
from hub.blueprints.plan_entry_words import beginning_words, entered_by
from hub.plans.definitions import Definition, Delay, Step
from hub.plans.inside import InsideRow
from hub.plans.queries import EnrolmentRow, StepRow
from hub.plans.words import Anchor, Skip, StepKind, StepOutcome, Wait

__all__ = ["exit_words", "plan_sentence", "step_words"]

HOUR_MINUTES = 60


class Named(Protocol):
    """What has a name in both languages."""

    @property
    def name_fr(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def plan_name(plan: Named) -> str:
    return plan.name_en if str(get_locale()) == "en" else plan.name_fr


def step_name(step: Step) -> str:
    """What its author or the product calls the step, else the message it sends; "" when nothing names it."""
    if step.label:
        return step.label
    words = step_words(step.key)
    if words != step.key:
        return words
    return template_title(step.template) if step.is_send and step.template else ""


def step_title(step: Step) -> str:
    """The name of the step with its kind; of one that is named nowhere what it does."""
    words = step_name(step)
    if not words:
        return _unnamed(step)
    kinds = {
        StepKind.SPLIT: gettext("A fork: %(name)s", name=words),
        StepKind.PROMO: gettext("A promo code: %(name)s", name=words),
        StepKind.PROPERTY: gettext("A property: %(name)s", name=words),
        StepKind.NOTIFY: gettext("News for the store: %(name)s", name=words),
        StepKind.TASK: gettext("A call: %(name)s", name=words),
        StepKind.AUDIENCE: gettext("An audience: %(name)s", name=words),
        StepKind.POSTAL: gettext("A letter by post: %(name)s", name=words),
        StepKind.ERASURE_DUE: gettext("An erasure: %(name)s", name=words),
        StepKind.END: gettext("The end"),
    }
    return kinds.get(step.kind, words)


def _unnamed(step: Step) -> str:
    return {
        StepKind.SPLIT: gettext("A fork"),
        StepKind.PROMO: gettext("A promo code"),
        StepKind.PROPERTY: gettext("A property"),
        StepKind.NOTIFY: gettext("News for the store"),
        StepKind.TASK: gettext("A call"),
        StepKind.AUDIENCE: gettext("An audience"),
        StepKind.POSTAL: gettext("A letter by post"),
        StepKind.ERASURE_DUE: gettext("An erasure"),
        StepKind.END: gettext("The end"),
    }.get(step.kind, step.key)


def when(step: Step) -> str:
    """`D+8 at 10:00 after the entry`; what is due when one comes to it runs at once."""
    delay = step.delay
    if step.anchor is Anchor.ENTRY and not (delay.days or delay.minutes or delay.at):
        return gettext("as soon as the customer comes here")
    anchors = {
        Anchor.ENTRY: gettext("after the entry"),
        Anchor.FIRST_MESSAGE: gettext("after the first message"),
        Anchor.ANSWER: gettext("after the answer"),
        Anchor.DATE: gettext("from the date"),
    }
    return f"{delay_words(delay)} {anchors[step.anchor]}"


def both_arms_words() -> str:
    """A notice owed to everybody: the control group gets it as well."""
    return str(gettext("the control group gets it too"))


def results(row: StepRow) -> list[tuple[str, int]]:
    words = {
        StepOutcome.POSTED: gettext("handed over"),
        StepOutcome.GHOST: gettext("control"),
        StepOutcome.DONE: gettext("done"),
        StepOutcome.CHOSEN: gettext("passed"),
        StepOutcome.SKIPPED: gettext("skipped"),
        StepOutcome.EXPIRED: gettext("too late"),
    }
    found = [(words[outcome], count) for outcome, count in row.results.items()]
    return found + [(skip_words(Skip(reason)), count) for reason, count in row.skips.items()]


def wait_words(wait: Wait | None, failure: str = "") -> str:
    """Why a step that was due has not run yet; "" when it is simply not due. `failure`: what was said as it failed."""
    if wait is None:
        return ""
    if wait is Wait.FAILED and failure:
        return gettext("could not go on (%(reason)s) and is tried again", reason=failure)
    return {
        Wait.GRIEVANCE: gettext("waits for an open grievance to be settled"),
        Wait.DAILY_LIMIT: gettext("waits for a day with room under the plan's daily limit"),
        Wait.MESSAGE: gettext("waits for the message before it to leave"),
        Wait.FAILED: gettext("could not go on and is tried again"),
    }[wait]


def inside_words(row: InsideRow) -> str:
    """At which step somebody stands; who stands where none is any more is named with that."""
    if row.step is None:
        return gettext("the step “%(key)s” is not in this person's version any more", key=row.step_key)
    return step_title(row.step)


def standing_words(row: EnrolmentRow) -> str:
    """How a passage stands: inside, what it waits for, or why it ended and what had been sent when that was known."""
    if row.exit_reason is None:
        return wait_words(row.wait, row.failure) or gettext("inside")
    left = (row.exit_note or {}).get("left", ())
    words = exit_words(row.exit_reason)
    if not left:
        return words
    steps = ", ".join(step_words(key) for key in left)
    return gettext("%(reason)s; sent before that was known: %(steps)s", reason=words, steps=steps)


def writes_files(definition: Definition) -> bool:
    """Whether the plan writes audiences or letters that somebody fetches."""
    return any(step.kind in {StepKind.AUDIENCE, StepKind.POSTAL} for step in definition.steps)


def entry_words(definition: Definition, segments: Mapping[int, str]) -> str:
    """What lets customers in, and under which conditions."""
    words = ", ".join(entered_by(trigger, definition.entry.params) for trigger in definition.entry.on)
    if definition.entry.when:
        asked = clauses_words(definition.entry.when, segments)
        words = gettext("%(triggers)s, if %(condition)s", triggers=words, condition=asked)
    if by := definition.entry.params.get("due_by"):
        words = f"{words}, {due_words(by)}"
    return words


def due_words(by: str) -> str:
    """Which orders let in by what they brought."""
    if by == "cycle":
        return gettext("with a product that is used up")
    return gettext("with a product whose life is known")


def rules_of(definition: Definition, segments: Mapping[int, str]) -> list[tuple[str, str]]:
    """What holds for the whole plan, as label and words."""
    rows = [(gettext("Enters"), entry_words(definition, segments))]
    if begins := beginning_words(definition.entry.on, definition.entry.params):
        rows.append((gettext("When it is switched on, enters"), begins))
    if definition.exits:
        rows.append((gettext("Leaves"), ", ".join(ends_words(each) for each in definition.exits)))
    if hours := definition.entry.cooldown_hours:
        rows.append((gettext("Not again for"), ngettext("%(num)s hour", "%(num)s hours", hours)))
    if definition.daily_limit is not None:
        limit = ngettext("%(num)s customer a day", "%(num)s customers a day", definition.daily_limit)
        rows.append((gettext("At most"), limit))
    if definition.spread_days:
        rows.append((gettext("Spread over"), ngettext("%(num)s day", "%(num)s days", definition.spread_days)))
    return rows


def named_segments(definition: Definition) -> set[int]:
    """The segments that the plan's conditions name."""
    clauses = [*definition.entry.when]
    for step in definition.steps:
        clauses += [*step.when, *(clause for variant in step.variants for clause in variant.when)]
    return segment_ids(clauses)


def delay_words(delay: Delay) -> str:
    """`D+8 at 10:00`, `2 hours`; `at once` when there is none."""
    parts = []
    if delay.days:
        parts.append(gettext("D%(days)s", days=f"{delay.days:+d}"))
    elif delay.at:
        parts.append(gettext("D0"))
    if delay.at:
        parts.append(gettext("at %(hour)s", hour=delay.at))
    if delay.minutes:
        parts.append(_minutes(delay.minutes))
    return " ".join(parts) or gettext("at once")


def _minutes(minutes: int) -> str:
    if minutes % HOUR_MINUTES == 0:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // HOUR_MINUTES))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
