"""A definition as it is stored while it is edited: always of the format of today. Pure."""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.plans import asking
from hub.plans.definitions import AnyOf, Clause
from hub.plans.reading import DAY_MINUTES, EXPIRES_DAYS, FORMAT
from hub.plans.words import StepKind

Document = dict[str, Any]
MOST_STEPS = 60
UNREADABLE = N_("These steps cannot be kept: %(detail)s.")


def as_document(data: Mapping[str, Any]) -> Document:
    """A stored definition of either format as one of today, each thing written in one way. Raises Invalid."""
    entry = data.get("entry") or {"on": data.get("enters", [])}
    on = entry["on"]
    return {
        "format": FORMAT,
        "entry": {
            **deepcopy(dict(entry)),
            "on": [on] if isinstance(on, str) else list(on),
            "when": _clauses(entry.get("when", ())),
        },
        "exits": [{"is": each} if isinstance(each, str) else dict(each) for each in data.get("exits", ())],
        "daily_limit": data.get("daily_limit"),
        "spread_days": data.get("spread_days", 0),
        "horizon_days": data.get("horizon_days", 30),
        "steps": [_step(each) for each in data["steps"]],
    }


def new_document(triggers: list[str]) -> Document:
    """A plan to begin with: a way in, and no step yet."""
    return as_document(
        {"format": FORMAT, "entry": {"on": triggers}, "exits": [{"is": "refused"}], "steps": []}
    )


def _step(step: Mapping[str, Any]) -> Document:
    found = {**deepcopy(dict(step)), "kind": step.get("kind", StepKind.SEND.value)}
    pool = found.pop("promo_pool", None)
    found["pool"] = found.get("pool") or pool or ""
    days = found.pop("expires_days", EXPIRES_DAYS)
    found.setdefault("expires_minutes", int(days) * DAY_MINUTES)
    found["when"] = _clauses(step.get("when", ()))
    if step.get("variants"):
        found["variants"] = [_variant(each) for each in step["variants"]]
    return {name: value for name, value in found.items() if value not in (None, "")}


def _variant(variant: Any) -> Document:
    if isinstance(variant, Mapping):
        return {"when": _clauses(variant["when"]), "template": variant["template"]}
    word, template = variant
    return {"when": _clauses([word]), "template": template}


def _clauses(clauses: Any) -> list[Document]:
    return [
        write_clause(asking.read_clause(each)) if isinstance(each, str) else dict(each) for each in clauses
    ]


def write_clause(clause: Clause) -> Document:
    """A condition as it is stored; the other way round of reading it."""
    if isinstance(clause, AnyOf):
        return {"any": [write_clause(part) for part in clause.parts]}
    turned = {"not": True} if clause.is_not else {}
    return {"is": clause.ask.value, **turned, **clause.params}


def fingerprint(definition: Mapping[str, Any]) -> str:
    """What an editor saw: the same for the same content, whoever asks."""
    told = json.dumps(definition, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def check_shape(definition: Mapping[str, Any]) -> None:
    """Raises Invalid on what no page of ours can show; what merely lacks something is kept."""
    steps = definition.get("steps")
    entry = definition.get("entry")
    if definition.get("format") != FORMAT or not isinstance(entry, Mapping) or not isinstance(steps, list):
        raise Invalid(UNREADABLE, detail="format")
    keys = [each.get("key") if isinstance(each, Mapping) else None for each in steps]
    if not all(isinstance(key, str) and key for key in keys) or len(set(keys)) != len(keys):
        raise Invalid(N_("A plan needs steps, each with a name of its own."))
    if len(steps) > MOST_STEPS:
        raise Invalid(N_("A plan has %(most)s steps at most. Please take one out first."), most=MOST_STEPS)
    for step in steps:
        if step.get("kind") not in set(StepKind):
            raise Invalid(UNREADABLE, detail=str(step.get("kind")))
        for name in ("next", "otherwise"):
            if step.get(name) is not None and step[name] not in keys:
                raise Invalid(N_("The plan has no step called %(key)s."), key=str(step[name]))
