"""What is being written: drafts, what was found in them, what they may use."""

import re
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from hub.content.blocks import read_blocks
from hub.content.catalog import get_builtin, list_keys
from hub.content.checks import check_content
from hub.content.composing import Content
from hub.content.findings import Check, CheckCode, House, Report
from hub.content.models import MessageTemplate, TemplateDraft, TemplateVersion
from hub.content.rows import DraftContent, DraftView
from hub.content.support import load_table
from hub.content.variables import WITHOUT_UNSUBSCRIBE, known_variables, with_fallbacks
from hub.content.words import LANGUAGES, TemplateState
from hub.core.db import db
from hub.core.words import Language, Purpose
from hub.stores.queries import get_chain

_TOKEN = re.compile(r"\[\[([a-z0-9_]+)\]\]")


def list_drafts(template_id: int) -> list[DraftView]:
    """The drafts of a template, at most one a language."""
    rows = db.session.execute(
        select(TemplateDraft, MessageTemplate)
        .join(MessageTemplate, MessageTemplate.id == TemplateDraft.template_id)
        .where(TemplateDraft.template_id == template_id)
        .order_by(TemplateDraft.language.desc())
    )
    return [_view(draft, template) for draft, template in rows]


def find_draft(template_id: int, language: Language) -> DraftView | None:
    """The draft of one language, if there is one."""
    return next((draft for draft in list_drafts(template_id) if draft.language == language), None)


def _view(draft: TemplateDraft, template: MessageTemplate) -> DraftView:
    return DraftView(
        id=draft.id,
        template_id=template.id,
        key=template.key,
        purpose=template.purpose,
        is_builtin=template.is_builtin,
        language=draft.language,
        subject=draft.subject,
        preheader=draft.preheader,
        sms_text=draft.sms_text,
        blocks=read_blocks(draft.blocks),
        fallbacks=draft.fallbacks,
        revision=draft.revision,
        edited_by_id=draft.edited_by_id,
        edited_at=draft.edited_at,
    )


def content_of_draft(draft: DraftView) -> Content:
    """A draft with the variables it may use."""
    return Content(
        language=draft.language.value,
        subject=draft.subject,
        preheader=draft.preheader,
        blocks=draft.blocks,
        sms_text=draft.sms_text,
        variables=with_fallbacks(known_variables(draft.key, draft.language.value), draft.fallbacks),
        has_unsubscribe=has_unsubscribe(draft.key, draft.purpose),
    )


def has_unsubscribe(key: str, purpose: Purpose) -> bool:
    """Whether the footer carries the links to stop: as delivered, else by the purpose."""
    if key in list_keys():
        return get_builtin(key, Language.FRENCH.value).has_unsubscribe
    return purpose not in WITHOUT_UNSUBSCRIBE


def get_house(stop_mentions: Mapping[str, str] | None = None) -> House:
    """What the checks must know of the chain."""
    chain = get_chain()
    links = (chain.review_url,) if chain.review_url else ()
    return House(chain.name, chain.sender_name, links, stop_mentions or {}, load_table())


def check_draft(draft: DraftView, house: House) -> Report:
    """Everything found in a draft."""
    return check_content(content_of_draft(draft), key=draft.key, purpose=draft.purpose, house=house)


def review_drafts(template_id: int, house: House) -> list[Report]:
    """What was found in each draft; a template made here must speak every language."""
    drafts = list_drafts(template_id)
    reports = [check_draft(draft, house) for draft in drafts]
    if not drafts or drafts[0].is_builtin:
        return reports
    spoken = {draft.language for draft in drafts} | _published_languages(template_id)
    missing = [
        Report(language.value, (Check(CheckCode.MISSING_LANGUAGE, {"language": language.value}),))
        for language in LANGUAGES
        if language not in spoken
    ]
    return [*reports, *missing]


def _published_languages(template_id: int) -> set[Language]:
    return set(
        db.session.scalars(
            select(TemplateVersion.language).where(
                TemplateVersion.template_id == template_id, TemplateVersion.state == TemplateState.PUBLISHED
            )
        )
    )


def typed_draft(kept: DraftView, content: DraftContent, *, revision: int) -> DraftView:
    """A draft as it is being typed, over the one that is kept."""
    return replace(
        kept,
        subject=content.subject,
        preheader=content.preheader,
        sms_text=content.sms_text,
        blocks=content.blocks,
        fallbacks=content.fallbacks,
        revision=revision,
    )


def used_variables(draft: DraftView) -> frozenset[str]:
    """The variables that the author's words name, whether they are known or not."""
    words = [draft.subject, draft.preheader, draft.sms_text]
    words += [text for block in draft.blocks for text in block.fields.values()]
    return frozenset(_TOKEN.findall("\n".join(words)))
