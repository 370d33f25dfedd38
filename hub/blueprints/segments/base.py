"""The blueprint of the segments and what its pages share: names of what conditions choose from, sentences, one act."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_currency, format_date, format_decimal, get_locale, gettext

from hub.blueprints import customer_words
from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.words import channel_words, score_words
from hub.blueprints.message_names import purpose_words, template_words
from hub.content.naming import TemplateName
from hub.content.queries.templates import list_templates
from hub.core.db import transaction
from hub.core.errors import Conflict, HubError, Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers.imports.people import list_written
from hub.customers.words import Title
from hub.loyalty.queries import list_pools
from hub.orders.behaviour.words import PageKind
from hub.orders.words import OrderState
from hub.segments.conditions.fields import CLOSED
from hub.segments.conditions.sentences import Speaker, say_tree
from hub.segments.conditions.tree import Group
from hub.segments.conditions.words import Source
from hub.segments.saved.loading import open_tree
from hub.segments.saved.queries import list_names
from hub.segments.values.defining import get_definitions
from hub.segments.values.words import RfmSegment, Stage
from hub.staff.words import Permission
from hub.stores.queries import get_chain, list_regions, list_stores

blueprint = Blueprint("segments", __name__)
Pairs = list[tuple[str, str]]

STAGES: Mapping[Stage, str] = {
    Stage.PROSPECT: N_("Prospect"),
    Stage.NEW: N_("New customer"),
    Stage.OCCASIONAL: N_("Occasional customer"),
    Stage.REGULAR: N_("Regular customer"),
    Stage.AMBASSADOR: N_("Ambassador"),
    Stage.LAPSED: N_("Lapsed customer"),
    Stage.FORMER: N_("Former customer"),
}
NAMED: Mapping[RfmSegment, str] = {
    RfmSegment.CHAMPIONS: N_("Champions"),
    RfmSegment.LOYAL: N_("Loyal"),
    RfmSegment.POTENTIAL: N_("Potential loyals"),
    RfmSegment.NEW: N_("New"),
    RfmSegment.PROMISING: N_("Promising"),
    RfmSegment.NEED_ATTENTION: N_("Need attention"),
    RfmSegment.ABOUT_TO_SLEEP: N_("About to sleep"),
    RfmSegment.AT_RISK: N_("At risk"),
    RfmSegment.CANNOT_LOSE: N_("Cannot lose them"),
    RfmSegment.DORMANT: N_("Dormant"),
    RfmSegment.LOST: N_("Lost"),
}
PAGES: Mapping[PageKind, str] = {
    PageKind.PRODUCT: N_("an article"),
    PageKind.FAMILY: N_("a family of articles"),
    PageKind.RETURNS: N_("returns"),
    PageKind.ACCOUNT_CLOSING: N_("closing the account"),
    PageKind.BASKET: N_("the basket"),
    PageKind.OTHER: N_("another page"),
}


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"may_edit": viewer().may(Permission.EDIT_SEGMENTS)}


def _templates() -> Pairs:
    rows = list_templates(str(get_locale()))
    return [(row.key, row.name or template_words(TemplateName(row.key, ""), row.purpose)) for row in rows]


_LISTS: Mapping[Source, Callable[[], Pairs]] = {
    Source.LANGUAGE: lambda: [
        (each, customer_words.language_words(Language(each))) for each in CLOSED[Source.LANGUAGE]
    ],
    Source.IMPORT: lambda: [
        (str(id_), f"{name} ({format_date(at, 'd MMM y')})") for id_, name, at in list_written()
    ],
    Source.TITLE: lambda: [(each, customer_words.title_words(Title(each))) for each in CLOSED[Source.TITLE]],
    Source.ORDER_STATE: lambda: [(each.value, customer_words.state_words(each)[0]) for each in OrderState],
    Source.SCORE: lambda: [(each, score_words(int(each))) for each in CLOSED[Source.SCORE]],
    Source.CHANNEL: lambda: [(each, channel_words(Channel(each))) for each in CLOSED[Source.CHANNEL]],
    Source.TICKET_CHANNEL: lambda: [(each.value, channel_words(each)) for each in Channel],
    Source.PURPOSE: lambda: [(each, purpose_words(Purpose(each))) for each in CLOSED[Source.PURPOSE]],
    Source.STAGE: lambda: [(each.value, gettext(words)) for each, words in STAGES.items()],
    Source.RFM: lambda: [(each.value, gettext(words)) for each, words in NAMED.items()],
    Source.VISIT_KIND: lambda: [(each.value, gettext(words)) for each, words in PAGES.items()],
    Source.STORE: lambda: [(str(row.id), row.name) for row in list_stores(is_active=None)],
    Source.REGION: lambda: [(str(row.id), row.name) for row in list_regions()],
    Source.POOL: lambda: [(str(row.id), row.name) for row in list_pools()],
    Source.TEMPLATE: _templates,
    Source.TIER: lambda: [(tier.key, tier.name) for tier in get_definitions().tiers],
    Source.SEGMENT: lambda: [(str(segment_id), name) for segment_id, name in list_names()],
}


def choices_of(source: Source) -> Pairs:
    """What a condition may choose from, as (value, words); read once a request."""
    kept: dict[Source, Pairs] = g.setdefault("segment_choices", {})
    if source not in kept:
        kept[source] = _LISTS[source]() if source in _LISTS else []
    return kept[source]


def name_of(source: Source, value: str) -> str:
    """The words of a value; what is not known any more is shown as it is kept."""
    return dict(choices_of(source)).get(value, f"“{value}”") if source in _LISTS else f"“{value}”"


def speaker() -> Speaker:
    """The language of this request."""
    currency = get_chain().currency
    return Speaker(
        say=lambda text, **values: str(gettext(text, **values) if values else gettext(text)),
        name=name_of,
        day=lambda day: str(format_date(day, "long")),
        money=lambda cents: str(format_currency(cents / 100, currency)),
        number=lambda number: str(format_decimal(number)),
    )


def in_words(definition: Mapping[str, Any]) -> str:
    """A kept segment in a sentence; or why it cannot be read any more."""
    try:
        return say_tree(open_tree(definition), speaker())
    except Invalid as error:
        return sentence_of(error)


def tree_in_words(root: Group) -> str:
    return say_tree(root, speaker())


def do(act: Callable[[], object], endpoint: str, sentence: str, **values: Any) -> ResponseReturnValue:
    """One change of a button, then a page: with what was done, or with why not."""
    try:
        with transaction():
            act()
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
    else:
        flash(sentence, "ok")
    return redirect(url_for(endpoint, **values), 303)


def shown_day(day: date) -> str:
    return str(format_date(day, "short"))


def refusal(error: HubError) -> str:
    return sentence_of(error)
