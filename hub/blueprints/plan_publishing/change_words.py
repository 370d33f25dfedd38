"""What changed between two versions in the reader's words: step by step, field by field, as it was and as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from hub.blueprints.message_names import purpose_words
from hub.blueprints.plan_condition_words import clauses_words, ends_words, trigger_words
from hub.blueprints.plan_publishing.base import Names
from hub.blueprints.plan_publishing.finding_words import span_words
from hub.blueprints.plan_words import when
from hub.core.text import N_
from hub.core.words import Channel
from hub.plans.comparing import Change, Comparison, FieldChange, StepChange
from hub.plans.definitions import Entry, Step
from hub.plans.walking import NEVER_STALE

TONES = {Change.ADDED: "ok", Change.REMOVED: "late", Change.MOVED: "info", Change.CHANGED: "note"}


@dataclass(frozen=True)
class Line:
    """A label with the words before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """One step or the plan as a whole: what happened to it, and its lines."""

    title: str
    word: str
    tone: str
    note: str
    lines: tuple[Line, ...]


def tell(comparison: Comparison, names: Names) -> list[Told]:
    """The steps in the order of the new version, then the plan; nothing for no change."""
    told = [_step(change, names) for change in comparison.steps]
    if comparison.plan:
        lines = tuple(_plan_line(each, names) for each in comparison.plan)
        told.append(Told(gettext("The plan as a whole"), gettext("changed"), "note", "", lines))
    return told


def short(comparison: Comparison, names: Names) -> list[str]:
    """One line a step, for the history."""
    return [
        gettext("%(word)s: %(title)s", word=each.word, title=each.title)
        + (f" ({', '.join(line.label for line in each.lines)})" if each.lines else "")
        for each in tell(comparison, names)
    ]


def _step(change: StepChange, names: Names) -> Told:
    words = {
        Change.ADDED: gettext("step added"),
        Change.REMOVED: gettext("removed"),
        Change.MOVED: gettext("moved"),
        Change.CHANGED: gettext("step changed"),
    }
    step = change.new or change.old
    return Told(
        names.step(step.key if step else None),
        words[change.change],
        TONES[change.change],
        _place(change, names),
        _lines(change, names),
    )


def _place(change: StepChange, names: Names) -> str:
    if change.new is None or change.change is Change.CHANGED:
        return ""
    where = (
        gettext("after “%(step)s”", step=names.step(change.after.key))
        if change.after
        else gettext("as the first step")
    )
    is_timed = change.change is Change.ADDED and change.new.kind not in NEVER_STALE
    return f"{where} · {when(change.new)}" if is_timed else where


def _lines(change: StepChange, names: Names) -> tuple[Line, ...]:
    """Delay and anchor are one thing to a reader."""
    old, new = change.old, change.new
    if old is None or new is None:
        return ()
    found = [
        _lead(each, names)
        if each.name == "next_key"
        else Line(gettext(LABELS[each.name]), VALUES[each.name](old, names), VALUES[each.name](new, names))
        for each in change.fields
        if each.name in LABELS
    ]
    if {"anchor", "delay"} & {each.name for each in change.fields}:
        found.insert(0, Line(gettext("When"), when(old), when(new)))
    return tuple(found)


def _lead(change: FieldChange, names: Names) -> Line:
    old, new = (names.step(key) if key else gettext("the end") for key in (change.old, change.new))
    return Line(gettext(LEADS_TO), old, new)


def _channel(step: Step, _names: Names) -> str:
    return gettext("SMS") if step.channel is Channel.SMS else gettext("Mail")


def _variants(step: Step, names: Names) -> str:
    parts = [
        gettext(
            "“%(template)s” if %(condition)s",
            template=names.template(each.template),
            condition=clauses_words(each.when, names.segments),
        )
        for each in step.variants
    ]
    return "; ".join(parts)


def _details(step: Step, _names: Names) -> str:
    return " · ".join(str(value) for value in step.details.values())


LEADS_TO = N_("Goes on to")
LABELS: Mapping[str, str] = {
    "kind": N_("What it does"),
    "is_on": N_("Switched on"),
    "when": N_("Only if"),
    "next_key": LEADS_TO,
    "otherwise": N_("Otherwise to"),
    "expires_minutes": N_("Dropped after"),
    "is_branch": N_("Way of its own"),
    "in_both_arms": N_("Also for the control group"),
    "template": N_("Message"),
    "variants": N_("Other messages"),
    "purpose": N_("Purpose"),
    "channel": N_("Sent by"),
    "theme": N_("Theme"),
    "pool": N_("Promo codes"),
    "label": N_("Name"),
    "details": N_("Details"),
}
VALUES: Mapping[str, Callable[[Step, Names], str]] = {
    "kind": lambda step, _: step.kind.value,
    "is_on": lambda step, _: _yes(is_so=step.is_on),
    "when": lambda step, names: clauses_words(step.when, names.segments),
    "otherwise": lambda step, names: names.step(step.otherwise),
    "expires_minutes": lambda step, _: span_words(step.expires_minutes),
    "is_branch": lambda step, _: _yes(is_so=step.is_branch),
    "in_both_arms": lambda step, _: _yes(is_so=step.in_both_arms),
    "template": lambda step, names: names.template(step.template),
    "variants": _variants,
    "purpose": lambda step, _: purpose_words(step.purpose),
    "channel": _channel,
    "theme": lambda step, _: step.theme,
    "pool": lambda step, names: names.pool(step.pool),
    "label": lambda step, _: step.label,
    "details": _details,
}


def _yes(*, is_so: bool) -> str:
    return gettext("yes") if is_so else gettext("no")


def _plan_line(change: FieldChange, names: Names) -> Line:
    label, say = PLAN[change.name]
    return Line(gettext(label), say(change.old, names), say(change.new, names))


def _exits(exits: Sequence[Any], _names: Names) -> str:
    return ", ".join(ends_words(each) for each in exits)


def _days(days: int, _names: Names) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", days)) if days else gettext("no")


def _entry(entry: Entry, names: Names) -> str:
    words = ", ".join(trigger_words(trigger) for trigger in entry.on)
    if entry.when:
        asked = clauses_words(entry.when, names.segments)
        words = gettext("%(triggers)s, if %(condition)s", triggers=words, condition=asked)
    if entry.cooldown_hours:
        hours = ngettext("%(num)s hour", "%(num)s hours", entry.cooldown_hours)
        words = gettext("%(entry)s; not again for %(hours)s", entry=words, hours=hours)
    told = ", ".join(f"{name} = {value}" for name, value in entry.params.items())
    return f"{words} ({told})" if told else words


def _limit(limit: int | None, _names: Names) -> str:
    return (
        ngettext("%(num)s customer a day", "%(num)s customers a day", limit) if limit else gettext("no limit")
    )


PLAN: Mapping[str, tuple[str, Callable[[Any, Names], str]]] = {
    "entry": (N_("Enters"), _entry),
    "exits": (N_("Leaves"), _exits),
    "daily_limit": (N_("At most"), _limit),
    "spread_days": (N_("Spread over"), _days),
    "horizon_days": (N_("Results count for"), _days),
}
