"""A tree in words, for people: each condition in a line, groups joined by and, or, not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from hub.core.text import N_
from hub.segments.conditions.fields import IDS, Narrowing
from hub.segments.conditions.tree import Condition, Group, Node, Period, Value, conditions_of
from hub.segments.conditions.words import Kind, Match, Source, Test

WORDS: Mapping[Test, str] = {
    Test.ONE_OF: N_("%(value)s"),
    Test.CONTAINS: N_("contains %(value)s"),
    Test.BEGINS_WITH: N_("begins with %(value)s"),
    Test.EMPTY: N_("is empty"),
    Test.AT_LEAST: N_("at least %(value)s"),
    Test.AT_MOST: N_("at most %(value)s"),
    Test.EXACTLY: N_("exactly %(value)s"),
    Test.BETWEEN: N_("from %(first)s to %(last)s"),
    Test.IN_LAST: N_("less than %(value)s days ago"),
    Test.BEFORE_LAST: N_("more than %(value)s days ago"),
    Test.IN_NEXT: N_("within %(value)s days"),
    Test.SINCE: N_("from %(value)s on"),
    Test.UNTIL: N_("until %(value)s"),
    Test.YES: "",
    Test.EVER: N_("at least once"),
    Test.NEVER: N_("never"),
}
TIMES: Mapping[Test, str] = {
    Test.AT_LEAST: N_("at least %(value)s times"),
    Test.AT_MOST: N_("at most %(value)s times"),
    Test.EXACTLY: N_("exactly %(value)s times"),
    Test.BETWEEN: N_("from %(first)s to %(last)s times"),
}
LAST_DAYS = N_("in the last %(days)s days")
FROM_TO = N_("from %(first)s to %(last)s")
FROM = N_("since %(first)s")
UNTIL = N_("until %(last)s")
NOT = N_("not: %(sentence)s")
AND, OR = N_("and"), N_("or")
NONE_OF = N_("not (%(sentence)s)")
EVERYBODY = N_("every customer")


@dataclass(frozen=True)
class Speaker:
    """How a language says things: `say` translates a msgid with its values, `name` a value of a source."""

    say: Callable[..., str]
    name: Callable[[Source, str], str]
    day: Callable[[date], str]
    money: Callable[[int], str]
    number: Callable[[float], str]


def say_tree(root: Group, speaker: Speaker) -> str:
    """The whole segment in one sentence."""
    return _say_group(root, speaker) if root.parts else speaker.say(EVERYBODY)


def _say_group(group: Group, speaker: Speaker) -> str:
    word = AND if group.match is Match.ALL else OR
    parts = [_say_part(part, speaker, is_alone=len(group.parts) == 1) for part in group.parts]
    sentence = f" {speaker.say(word)} ".join(parts)
    return speaker.say(NONE_OF, sentence=sentence) if group.match is Match.NONE else sentence


def _say_part(part: Node, speaker: Speaker, *, is_alone: bool) -> str:
    if isinstance(part, Condition):
        return say_condition(part, speaker)
    said = _say_group(part, speaker)
    is_closed = is_alone or part.match is Match.NONE or len(part.parts) == 1
    return said if is_closed else f"({said})"


def say_condition(each: Condition, speaker: Speaker) -> str:
    """`Bought an article: at least 2 times · of the articles LAMPE-01 · in the last 90 days`."""
    head = speaker.say(each.field.label)
    test = _say_test(each, speaker)
    said = [speaker.say("%(label)s: %(words)s", label=head, words=test) if test else head]
    said += [_say_narrowing(one, chosen, speaker) for one, chosen in _narrowed(each)]
    if each.period:
        said.append(_say_period(each.period, speaker))
    sentence = " · ".join(said)
    return speaker.say(NOT, sentence=sentence) if each.is_negated else sentence


def _say_test(each: Condition, speaker: Speaker) -> str:
    shown = [_say_value(each, value, speaker) for value in each.values]
    msgid = TIMES.get(each.test, WORDS[each.test]) if each.field.kind is Kind.EVENT else WORDS[each.test]
    if not msgid:
        return ""
    if each.test is Test.BETWEEN:
        return speaker.say(msgid, first=shown[0], last=shown[1])
    return speaker.say(msgid, value=f" {speaker.say(OR)} ".join(shown)) if shown else speaker.say(msgid)


def _say_value(each: Condition, value: Value, speaker: Speaker) -> str:
    if isinstance(value, date):
        return speaker.day(value)
    if isinstance(value, str):
        source = each.field.source
        is_named = source is not None and source is not Source.PROPERTY
        return speaker.name(source, value) if source and is_named else f"“{value}”"
    if each.field.kind is Kind.MONEY:
        return speaker.money(int(value))
    return speaker.number(value)


def _narrowed(each: Condition) -> list[tuple[Narrowing, tuple[str, ...]]]:
    chosen = dict(each.only)
    return [(one, chosen[one.source]) for one in each.field.narrowings if one.source in chosen]


def _say_narrowing(one: Narrowing, chosen: tuple[str, ...], speaker: Speaker) -> str:
    names = f" {speaker.say(OR)} ".join(speaker.name(one.source, value) for value in chosen)
    return f"{speaker.say(one.label)} {names}"


def _say_period(period: Period, speaker: Speaker) -> str:
    if period.last_days is not None:
        return speaker.say(LAST_DAYS, days=speaker.number(period.last_days))
    first = speaker.day(period.first_on) if period.first_on else ""
    last = speaker.day(period.last_on) if period.last_on else ""
    if first and last:
        return speaker.say(FROM_TO, first=first, last=last)
    return speaker.say(FROM, first=first) if first else speaker.say(UNTIL, last=last)


def ids_named(root: Group) -> dict[Source, set[int]]:
    """The rows whose names the sentences need, by source."""
    found: dict[Source, set[int]] = {}
    for each in conditions_of(root):
        pairs = [*each.only, *([(each.field.source, each.values)] if each.field.source else [])]
        for source, chosen in pairs:
            if source in IDS:
                found.setdefault(source, set()).update(int(str(value)) for value in chosen)
    return found
