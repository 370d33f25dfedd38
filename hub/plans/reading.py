"""Reads a stored definition, of the format of today or the first one. Pure; what it cannot read it refuses in words."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.plans import asking
from hub.plans.definitions import Clause, Definition, Delay, Entry, Exit, Step, Variant
from hub.plans.words import Anchor, ExitReason, StepKind, Trigger

FORMAT = 2
DAY_MINUTES = 24 * 60
EXPIRES_DAYS = 7
OFFERED = frozenset(StepKind)
"""Kinds with an effect; the others are known and refused until theirs is built."""
NEEDED: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.SEND: ("template",),
    StepKind.SPLIT: ("otherwise",),
    StepKind.PROMO: ("pool",),
    StepKind.PROPERTY: ("property", "value"),
    StepKind.NOTIFY: ("words",),
    StepKind.TASK: ("subject",),
    StepKind.AUDIENCE: ("name",),
    StepKind.POSTAL: ("name",),
    StepKind.ERASURE_DUE: ("days",),
}
"""What a step of a kind must say."""
DAYS: Mapping[StepKind, tuple[int, int]] = {StepKind.AUDIENCE: (1, 365), StepKind.ERASURE_DUE: (0, 365)}
"""How many days a kind may name: so long in an audience; so long from the step to the erasure."""
DETAILS = ("property", "value", "words", "subject", "reason", "name", "days", "recommend")
ONLY_NOTICES = N_(
    "The control group gets service messages and the day of erasure only: please choose a service message for %(key)s."
)
CHANNELS = frozenset({Channel.EMAIL, Channel.SMS})


def parse_definition(data: Mapping[str, Any]) -> Definition:
    """Read a stored definition. Raises Invalid on a word or a step that the engine does not know."""
    try:
        found = _read(data) if data.get("format") == FORMAT else _read_first(data)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Invalid(N_("This plan cannot be read: %(detail)s."), detail=str(error)) from None
    _check(found)
    return found


def _read(data: Mapping[str, Any]) -> Definition:
    limit = data.get("daily_limit")
    return Definition(
        entry=read_entry(data["entry"]),
        steps=tuple(read_step(step) for step in data["steps"]),
        exits=tuple(read_exit(each) for each in data.get("exits", ())),
        daily_limit=None if limit is None else int(limit),
        spread_days=int(data.get("spread_days", 0)),
        horizon_days=int(data.get("horizon_days", 30)),
    )


def _read_first(data: Mapping[str, Any]) -> Definition:
    """Format 1: conditions and exits are words alone, every step sends."""
    return Definition(
        entry=Entry((Trigger(data["enters"]),)),
        steps=tuple(read_step(step) for step in data["steps"]),
        exits=tuple(Exit(ExitReason(reason)) for reason in data["exits"]),
    )


def read_entry(data: Mapping[str, Any]) -> Entry:
    """Raises Invalid, or what a word of no list raises; as all readers here."""
    on = data["on"]
    params = {key: value for key, value in data.items() if key not in {"on", "when", "cooldown_hours"}}
    triggers = tuple(Trigger(word) for word in ([on] if isinstance(on, str) else on))
    asking.check_triggers(triggers, params)
    return Entry(
        on=triggers,
        when=read_clauses(data.get("when", ())),
        cooldown_hours=int(data.get("cooldown_hours", 0)),
        params=params,
    )


def read_exit(data: Mapping[str, Any] | str) -> Exit:
    if isinstance(data, str):
        return Exit(ExitReason(data))
    reason = ExitReason(data["is"])
    params = {key: value for key, value in data.items() if key != "is"}
    asking.check_params(asking.ASKED[asking.ask_of(reason)], params, has_state=True)
    return Exit(reason, params)


def read_clauses(data: Sequence[Any]) -> tuple[Clause, ...]:
    if isinstance(data, str):
        raise TypeError(data)
    return tuple(asking.read_clause(each) for each in data)


def read_step(data: Mapping[str, Any]) -> Step:
    return Step(
        key=str(data["key"]),
        kind=StepKind(data.get("kind", StepKind.SEND)),
        is_on=bool(data.get("is_on", True)),
        anchor=Anchor(data.get("anchor", Anchor.ENTRY)),
        delay=_read_delay(data.get("delay", {})),
        when=read_clauses(data.get("when", ())),
        next_key=data.get("next") or None,
        otherwise=data.get("otherwise") or None,
        expires_minutes=_read_expiry(data),
        is_branch=bool(data.get("is_branch", False)),
        in_both_arms=_read_flag(data, "in_both_arms"),
        template=str(data.get("template", "")),
        variants=tuple(_read_variant(each) for each in data.get("variants", ())),
        purpose=Purpose(data.get("purpose", Purpose.PROMOTION)),
        channel=Channel(data.get("channel", Channel.EMAIL)),
        theme=str(data.get("theme", "")),
        pool=str(data.get("pool") or data.get("promo_pool") or ""),
        label=str(data.get("label") or ""),
        details={key: data[key] for key in DETAILS if key in data},
    )


def _read_delay(data: Mapping[str, Any]) -> Delay:
    at = data.get("at") or None
    if at is not None:
        at = f"{time.fromisoformat(at):%H:%M}"
    return Delay(int(data.get("days", 0)), int(data.get("minutes", 0)), at)


def _read_flag(data: Mapping[str, Any], name: str) -> bool:
    found = data.get(name, False)
    if not isinstance(found, bool):
        raise TypeError(name)
    return found


def _read_expiry(data: Mapping[str, Any]) -> int:
    if data.get("expires_minutes") is not None:
        return int(data["expires_minutes"])
    return int(data.get("expires_days", EXPIRES_DAYS)) * DAY_MINUTES


def _read_variant(data: Any) -> Variant:
    """Format 1 writes a pair: one word and the template."""
    if isinstance(data, Mapping):
        return Variant(read_clauses(data["when"]), str(data["template"]))
    word, template = data
    return Variant((asking.read_clause(word),), str(template))


def _check(found: Definition) -> None:
    keys = [step.key for step in found.steps]
    if not found.steps or len(set(keys)) != len(keys) or not all(keys):
        raise Invalid(N_("A plan needs steps, each with a name of its own."))
    if not found.entry.on:
        raise Invalid(N_("A plan needs something that lets customers in."))
    if found.daily_limit is not None and found.daily_limit < 1:
        raise Invalid(N_("The daily limit is at least 1, or empty."))
    for step in found.steps:
        _check_step(step, frozenset(keys))
    _check_erasure(found)
    _check_ways(found)


def missing(step: Step) -> list[str]:
    """What a step of its kind must say and does not."""
    known = {**step.details, "template": step.template, "otherwise": step.otherwise, "pool": step.pool}
    return [name for name in NEEDED.get(step.kind, ()) if known.get(name) in {None, ""}]


def _check_step(step: Step, keys: frozenset[str]) -> None:
    if step.kind not in OFFERED:
        raise Invalid(
            N_("Steps of the kind %(kind)s are not offered yet. Please take this step out."), kind=step.kind
        )
    for name in missing(step):
        raise Invalid(N_("The step %(key)s lacks: %(name)s."), key=step.key, name=name)
    _check_days(step)
    for key in (step.next_key, step.otherwise):
        if key is not None and key not in keys:
            raise Invalid(N_("The plan has no step called %(key)s."), key=key)
    _check_reach(step)
    if step.details.get("recommend") not in {None, *asking.SUGGESTIONS}:
        raise Invalid(N_("The step %(key)s recommends by a word that nobody knows."), key=step.key)
    if step.expires_minutes < 1:
        raise Invalid(N_("The step %(key)s would expire before it can run."), key=step.key)
    for leaf in step.leaves:
        named = leaf.params.get("step")
        if named is not None and named not in keys:
            raise Invalid(N_("The plan has no step called %(key)s."), key=named)


def _check_reach(step: Step) -> None:
    if step.is_send and step.channel not in CHANNELS:
        raise Invalid(N_("A plan sends mails and SMS: please choose one of them for %(key)s."), key=step.key)
    if step.in_both_arms and not (step.is_notice or step.kind is StepKind.ERASURE_DUE):
        raise Invalid(ONLY_NOTICES, key=step.key)


def _check_days(step: Step) -> None:
    if step.kind in DAYS and not _is_within(step.details.get("days"), *DAYS[step.kind]):
        raise Invalid(N_("The step %(key)s needs another number of days."), key=step.key)


def _is_within(days: Any, least: int, most: int) -> bool:
    """None: the kind's own number."""
    return days is None or (isinstance(days, int) and not isinstance(days, bool) and least <= days <= most)


def _check_erasure(found: Definition) -> None:
    """Nobody is erased whom nothing announced it to, or who came back."""
    for place, step in enumerate(found.steps):
        if step.kind is StepKind.ERASURE_DUE:
            before = [each for each in found.steps[:place] if each.is_send and each.is_on]
            is_told = any(each.in_both_arms or not step.in_both_arms for each in before)
            if not is_told or found.find_exit(ExitReason.LIFE_SIGN) is None:
                raise Invalid(
                    N_(
                        "Before the step %(key)s the plan must write to the customer, and it must end with a sign of life."
                    ),
                    key=step.key,
                )


def _check_ways(found: Definition) -> None:
    """Nobody walks in a ring."""
    for start in found.steps:
        if _leads_back(found, start):
            raise Invalid(N_("The steps lead back to %(key)s: a plan goes forward only."), key=start.key)


def _leads_back(found: Definition, start: Step) -> bool:
    seen: set[str] = set()
    ahead = _after(found, start)
    while ahead:
        key = ahead.pop()
        if key == start.key:
            return True
        if key not in seen:
            seen.add(key)
            ahead |= _after(found, found.step(key))
    return False


def _after(found: Definition, step: Step) -> set[str]:
    following = None if step.kind is StepKind.END else found.step_after(step.key)
    return {key for key in (following.key if following else None, step.otherwise) if key}
