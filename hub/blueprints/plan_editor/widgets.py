"""Conditions and ways in as their form draws them: labels, what was typed, what there is to choose from."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from hub.blueprints.plan_editor.asking_words import GROUPS, ask_words, param_words
from hub.blueprints.plan_editor.choosing import Pairs, choices_of
from hub.blueprints.plan_editor.conditions import CENTS, Block, Blocks
from hub.plans.asking import ASKED, NOT_OFFERED, Param
from hub.plans.words import Ask


def draw_blocks(blocks: Blocks, messages: Pairs) -> dict[str, Any]:
    """A list of conditions for plan_editor/_conditions.html. `messages`: step key and title of those that send."""
    return {
        "name": blocks.name,
        "blocks": [_draw(block, blocks, messages) for block in blocks.blocks],
        "offered": _offered(),
    }


def _offered() -> list[tuple[str, Pairs]]:
    return [
        (
            gettext(heading),
            [(ask.value, ask_words(ask)) for ask in asks if ask in ASKED and ask not in NOT_OFFERED],
        )
        for heading, asks in GROUPS
    ]


def _draw(block: Block, blocks: Blocks, messages: Pairs) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "number": block.number,
        "mark": f"{blocks.name}-{block.number}-",
        "error": block.error,
        "is_added": block.number == blocks.added,
    }
    if block.parts is not None:
        return drawn | {"parts": [_draw(part, blocks, messages) for part in block.parts]}
    ask = block.ask
    word = block.given.get("is", "")
    return drawn | {
        "parts": None,
        "is": word,
        "label": ask_words(ask) if ask else word,
        "is_not": bool(block.given.get("not")),
        "params": draw_params(word, ASKED[Ask(word)] if ask else {}, block.given, drawn["mark"], messages),
    }


def draw_params(
    word: str, known: Mapping[str, Param], given: Mapping[str, Any], mark: str, messages: Pairs
) -> list[dict[str, Any]]:
    """The fields of what a question or a way in is told."""
    return [_draw_param(word, name, param, given.get(name), mark, messages) for name, param in known.items()]


def _draw_param(word: str, name: str, param: Param, value: Any, mark: str, messages: Pairs) -> dict[str, Any]:
    choices = choices_of(word, name, param, messages)
    typed = [str(each) for each in value] if isinstance(value, list) else [_typed(name, value)]
    chosen = next((each for each in typed if each), "")
    if choices is not None and not param.is_many:
        choices = _with_chosen(choices, chosen, is_needed=param.is_needed)
    kind = "flag" if param.is_flag else "text"
    if choices is not None:
        kind = "many" if param.is_many else "one"
    return {
        "name": f"{mark}{name}",
        "label": param_words(name, word),
        "kind": kind,
        "choices": choices,
        "chosen": typed,
        "value": chosen,
        "is_number": param.least is not None,
        "is_money": name in CENTS,
    }


def _with_chosen(choices: Pairs, chosen: str, *, is_needed: bool) -> Pairs:
    """What was chosen is shown also when it is not there any more; nothing is chosen for anybody."""
    found = list(choices)
    if "" not in dict(found):
        found.insert(0, ("", gettext("Please choose") if is_needed else gettext("not said")))
    if chosen and chosen not in dict(found):
        found.append((chosen, gettext("%(name)s (no longer there)", name=chosen)))
    return found


def _typed(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if name in CENTS and isinstance(value, int):
        return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"
    return str(value)
