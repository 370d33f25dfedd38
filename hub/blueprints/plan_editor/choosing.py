"""What the forms of the editor choose from, each list read once a request and only when it is drawn."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import g
from flask_babel import get_locale, gettext

from hub.blueprints.message_names import template_words
from hub.blueprints.plan_editor.asking_words import choice_words, trigger_choice, weekday_words
from hub.blueprints.plan_words import plan_name
from hub.blueprints.templates.words import language_words
from hub.content.naming import TemplateName
from hub.content.queries.templates import list_templates
from hub.content.rows import TemplateRow
from hub.content.words import LANGUAGES, TemplateGroup
from hub.core.words import Channel
from hub.customers.properties import list_definitions
from hub.customers.property_words import PropertyKind
from hub.customers.themes import read_themes
from hub.loyalty.queries import list_pool_keys
from hub.plans.asking import OFFERED_TRIGGERS, Param
from hub.plans.drafts.queries import list_priorities
from hub.plans.words import Trigger
from hub.segments.saved.queries import list_names
from hub.segments.values.defining import get_definitions
from hub.stores.queries import get_chain

Pairs = list[tuple[str, str]]
OF_OTHERS = frozenset({TemplateGroup.EXCHANGES, TemplateGroup.STAFF})


def _once(name: str, read: Callable[[], Any]) -> Any:
    kept: dict[str, Any] = g.setdefault("plan_choices", {})
    if name not in kept:
        kept[name] = read()
    return kept[name]


def templates() -> list[TemplateRow]:
    rows: list[TemplateRow] = _once("templates", lambda: list_templates(str(get_locale())))
    return rows


def template_names() -> dict[str, str]:
    """Key → what people call it."""
    return {
        row.key: row.name or template_words(TemplateName(row.key, ""), row.purpose) for row in templates()
    }


def template_choices(channel: Channel | None, chosen: str = "") -> Pairs:
    """The published ones, with what is missing in each; the chosen one also when it is not published any more.

    What is sent to colleagues or belongs to one ticket is not for a plan.
    """
    names = template_names()
    pairs = [
        (row.key, names[row.key] + _gaps(row, channel))
        for row in templates()
        if row.published_languages and row.group not in OF_OTHERS
    ]
    if chosen and chosen not in dict(pairs):
        pairs.append((chosen, gettext("%(name)s (not published)", name=names.get(chosen, chosen))))
    return [("", gettext("Please choose")), *pairs]


def _gaps(row: TemplateRow, channel: Channel | None) -> str:
    missing = [language_words(each) for each in LANGUAGES if each not in row.published_languages]
    gaps = [gettext("not in %(languages)s", languages=", ".join(missing))] if missing else []
    if channel is Channel.SMS and not row.has_sms:
        gaps.append(gettext("has no SMS"))
    return f" ({', '.join(gaps)})" if gaps else ""


def pools() -> Pairs:
    found: Pairs = _once("pools", list_pool_keys)
    return found


def themes() -> Pairs:
    language = str(get_locale())
    found: Pairs = _once(
        "themes", lambda: [(each.key, each.name(language)) for each in read_themes(get_chain().settings)]
    )
    return found


def properties() -> Pairs:
    found: Pairs = _once("properties", lambda: [(each.key, each.label) for each in list_definitions()])
    return found


def segments() -> dict[int, str]:
    found: dict[int, str] = _once("segments", lambda: dict(list_names()))
    return found


def tiers() -> Pairs:
    found: Pairs = _once("tiers", lambda: [(tier.key, tier.name) for tier in get_definitions().tiers])
    return found


def _dates() -> Pairs:
    own = [
        (f"property:{each.key}", each.label) for each in list_definitions() if each.kind is PropertyKind.DATE
    ]
    return [*((word, choice_words("of", word)) for word in ("birth_on", "first_order", "registered")), *own]


def offered_triggers() -> Pairs:
    return [(each.value, trigger_choice(each)) for each in Trigger if each in OFFERED_TRIGGERS]


_NAMED: Mapping[tuple[str, str], Callable[[], Pairs]] = {
    ("segment", "id"): lambda: [(str(key), name) for key, name in segments().items()],
    ("tier", "in"): tiers,
    ("weekday", "in"): lambda: [(str(day), weekday_words(day)) for day in range(7)],
    ("entered_by", "trigger"): offered_triggers,
    ("date", "of"): _dates,
    ("in_plan", "plan"): lambda: [(row.key, plan_name(row)) for row in list_priorities()],
}


def choices_of(word: str, name: str, param: Param, messages: Pairs) -> Pairs | None:
    """What a parameter of a question or of a way in chooses from; None where it is typed. `messages`: those of the plan."""
    if name == "step":
        return [("", gettext("any message of this plan")), *messages]
    if (word, name) in _NAMED:
        return _NAMED[word, name]()
    return [(each, choice_words(name, each)) for each in param.words] if param.words else None
