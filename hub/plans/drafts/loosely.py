"""Reads a draft that is not whole yet: what can be read of it, and what it lacks. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.plans import asking, reading
from hub.plans.definitions import Clause, Definition, Entry, Step, Variant
from hub.plans.words import StepKind, Trigger

Told = TypeVar("Told")
Found = TypeVar("Found")
REFUSED = (KeyError, ValueError, TypeError, AttributeError)


@dataclass(frozen=True)
class Lack:
    """One thing that stops publishing. `step_key` is None for the plan; `name`: what is missing, else `error` says it."""

    step_key: str | None
    name: str = ""
    error: Invalid | None = None


@dataclass(frozen=True)
class Loose:
    """A draft as far as it can be read. Conditions that cannot be read are left out, and said to lack something."""

    definition: Definition
    lacks: tuple[Lack, ...]

    def of_step(self, key: str | None) -> list[Lack]:
        return [lack for lack in self.lacks if lack.step_key == key]


def read_loosely(data: Mapping[str, Any]) -> Loose:
    """What a draft says so far; `lacks` is empty when it can be published as far as its form goes."""
    lacks: list[Lack] = []
    steps = tuple(_read_step(each, lacks) for each in data["steps"])
    found = Definition(
        entry=_read_entry(data["entry"], lacks),
        steps=steps,
        exits=tuple(
            each for told in data.get("exits", ()) if (each := _try(reading.read_exit, told, None, lacks))
        ),
        daily_limit=data.get("daily_limit"),
        spread_days=int(data.get("spread_days") or 0),
        horizon_days=int(data.get("horizon_days") or 30),
    )
    if not found.entry.on:
        lacks.append(Lack(None, "triggers"))
    if not any(not step.is_branch for step in steps[:1]):
        lacks.append(Lack(None, "steps"))
    if not lacks:
        _check_whole(data, lacks)
    return Loose(found, tuple(lacks))


def _check_whole(data: Mapping[str, Any], lacks: list[Lack]) -> None:
    """What only the plan as a whole can say."""
    try:
        reading.parse_definition(data)
    except Invalid as error:
        lacks.append(Lack(None, error=error))


def _try(read: Callable[[Told], Found], told: Told, step_key: str | None, lacks: list[Lack]) -> Found | None:
    try:
        return read(told)
    except Invalid as error:
        lacks.append(Lack(step_key, error=error))
    except REFUSED as error:
        lacks.append(Lack(step_key, error=Invalid(N_("This cannot be read: %(detail)s."), detail=str(error))))
    return None


def _read_entry(data: Mapping[str, Any], lacks: list[Lack]) -> Entry:
    """An entry that is not told what it needs is read without the check that says so."""
    found = None
    if _lacks_a_param(data):
        lacks.append(Lack(None, "entry"))
    elif data.get("on"):
        found = _try(reading.read_entry, {**data, "when": []}, None, lacks)
    params = {name: value for name, value in data.items() if name not in {"on", "when", "cooldown_hours"}}
    on = found.on if found else tuple(Trigger(word) for word in data.get("on", ()) if word in set(Trigger))
    return Entry(
        on, _read_clauses(data.get("when", ()), None, lacks), int(data.get("cooldown_hours") or 0), params
    )


def _lacks_a_param(data: Mapping[str, Any]) -> bool:
    """Whether a way in still waits for what only its author knows: the name of an event, the number of months."""
    needs = (param for word in data.get("on", ()) for param in asking.NEEDS.get(word, {}).items())
    return any(param.is_needed and data.get(name) in (None, "") for name, param in needs)


def _read_clauses(clauses: Any, step_key: str | None, lacks: list[Lack]) -> tuple[Clause, ...]:
    read = [_try(asking.read_clause, each, step_key, lacks) for each in clauses]
    return tuple(each for each in read if each is not None)


def _read_step(data: Mapping[str, Any], lacks: list[Lack]) -> Step:
    key, when, variants = data["key"], data.get("when", ()), data.get("variants", ())
    bare = {name: value for name, value in data.items() if name not in {"when", "variants"}}
    found = _try(reading.read_step, bare, key, lacks) or Step(key=key, kind=StepKind(data["kind"]))
    step = replace(
        found,
        when=_read_clauses(when, key, lacks),
        variants=tuple(
            Variant(_read_clauses(each.get("when", ()), key, lacks), str(each.get("template", "")))
            for each in variants
        ),
    )
    lacks += [Lack(key, name) for name in reading.missing(step)]
    lacks += [Lack(key, "variant") for each in step.variants if not each.template or not each.when]
    return step
