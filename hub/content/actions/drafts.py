"""Writes drafts: a new template, the chain's own copy of a delivered one, each save, an earlier version taken up again."""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from hub.content.actions.seeing import (
    CHANGED,
    NO_TEMPLATE,
    check_seen,
    is_alone,
    is_seen,
    lock_drafts,
    lock_template,
)
from hub.content.blocks import Block, BlockKind, read_blocks, to_json
from hub.content.catalog import SOURCES, get_builtin, list_keys, read_toml
from hub.content.compiling import to_words
from hub.content.models import MessageTemplate, TemplateDraft, TemplateVersion
from hub.content.recording import read_builtin
from hub.content.rows import DraftContent, SeenDraft
from hub.content.variables import OWN_PURPOSES, known_variables
from hub.content.words import LANGUAGES, TEST_PREFIX, TemplateState
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_, fold
from hub.core.words import Language, Purpose

NO_BLOCKS = N_(
    "This version was kept without its blocks and cannot be taken up again. "
    "Please edit the version in use and copy the words you need from this page."
)
LONGEST_NAME = 80
LONGEST_SUBJECT = 200
LONGEST_SMS = 1000
LONGEST_FALLBACK = 200
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


def create_template(*, name: str, purpose: Purpose, by: Actor, now: datetime) -> str:
    """Begin a template of the chain with a draft in each language. Returns its key. Raises Invalid."""
    title = " ".join(name.split())[:LONGEST_NAME]
    if not title:
        raise Invalid(N_("Please give the template a name."), field="name")
    if purpose not in OWN_PURPOSES:
        raise Invalid(N_("Please choose what the messages are for."), field="purpose")
    key = _NOT_IN_KEYS.sub("_", fold(title)).strip("_") or "template"
    key = f"own_{key}"
    if find_template(key) is not None:
        raise Invalid(N_("There is a template of that name. Please choose another name."), field="name")
    template = MessageTemplate(key=key, purpose=purpose, is_builtin=False, created_at=now, name=title)
    db.session.add(template)
    db.session.flush()
    for language in LANGUAGES:
        _put(template.id, language, _first_content(language), by=by, now=now)
    note_change("template_created", subject_kind="template", subject_id=template.id, by=by, now=now)
    return key


def _first_content(language: Language) -> DraftContent:
    """What a new template begins with: opening, a text, a button, the store, the footer."""
    texts = read_toml(SOURCES / f"starter.{language.value}.toml")
    return DraftContent(
        subject="",
        blocks=(
            Block("b1", BlockKind.HEADER, {"text": texts["title"]}),
            Block("b2", BlockKind.TEXT, {"text": "[[salutation]],", "style": "normal"}),
            Block("b3", BlockKind.TEXT, {"text": texts["text"], "style": "normal"}),
            Block("b4", BlockKind.BUTTON, {"label": texts["button"], "link": "shop_url"}),
            Block("b5", BlockKind.STORE, {"has_hours": "yes"}),
            Block("b6", BlockKind.FOOTER, {"text": texts["why"]}),
        ),
    )


def customise(*, key: str, by: Actor, now: datetime) -> None:
    """Begin the chain's own copy: a draft in each language that has none, from what is in use now. Raises NotFound."""
    template = _get_template(key)
    for language in LANGUAGES:
        if _find_row(template.id, language) is None:
            _put(template.id, language, _content_in_use(template, language), by=by, now=now)
    note_change("template_customised", subject_kind="template", subject_id=template.id, by=by, now=now)


def _content_in_use(template: MessageTemplate, language: Language) -> DraftContent:
    """What customers get now: the chain's own version, else the delivered mail."""
    version = db.session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.language == language,
            TemplateVersion.state == TemplateState.PUBLISHED,
            TemplateVersion.is_own,
        )
    )
    if version is not None:
        return _content_of(version)
    if template.key in list_keys():
        return _delivered(template.key, language)
    return _first_content(language)


def _delivered(key: str, language: Language) -> DraftContent:
    texts = read_toml(SOURCES / key / f"{language.value}.toml")
    preheader, blocks = read_builtin(get_builtin(key, language.value))
    return DraftContent(
        subject=texts["subject"], preheader=preheader, sms_text=texts.get("sms", ""), blocks=blocks
    )


def _content_of(version: TemplateVersion) -> DraftContent:
    """The author's words of a version; what it falls back on is kept where it is not the product's own."""
    known = {v.name: v.fallback for v in known_variables(_key_of(version), version.language.value)}
    return DraftContent(
        subject=to_words(version.subject),
        preheader=version.preheader,
        sms_text=to_words(version.sms_text),
        blocks=read_blocks(version.blocks),
        fallbacks={
            item["name"]: item["fallback"]
            for item in version.variables
            if item["fallback"] and item["fallback"] != known.get(item["name"])
        },
    )


def _key_of(version: TemplateVersion) -> str:
    return db.session.execute(
        select(MessageTemplate.key).where(MessageTemplate.id == version.template_id)
    ).scalar_one()


def save_draft(
    *, key: str, language: Language, content: DraftContent, seen_revision: int, by: Actor, now: datetime
) -> int:
    """Keep what was written; returns the new revision.

    Raises Conflict when somebody saved since `seen_revision`, NotFound, Invalid.
    """
    template = _get_template(key)
    row = db.session.scalar(
        select(TemplateDraft)
        .where(TemplateDraft.template_id == template.id, TemplateDraft.language == language)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Conflict(
            N_("This draft was published or thrown away meanwhile. Please open the template again.")
        )
    if not is_alone(row, seen_revision, by):
        raise Conflict(
            N_(
                "Somebody else saved this draft meanwhile. Please open it again; your text is still on this page."
            )
        )
    _write(row, content)
    _sign(row, by=by, now=now)
    db.session.flush()
    return row.revision


def _sign(row: TemplateDraft, *, by: Actor, now: datetime) -> None:
    """Count the save and say whose it is."""
    if row.edited_by_id != by.agent_id or not row.revision:
        row.run_revision = row.revision + 1
    row.revision, row.edited_by_id, row.edited_at = row.revision + 1, by.agent_id, now


def _write(row: TemplateDraft, content: DraftContent) -> None:
    row.subject = " ".join(content.subject.split())[:LONGEST_SUBJECT]
    row.preheader = " ".join(content.preheader.split())[:LONGEST_SUBJECT]
    row.sms_text = content.sms_text.replace("\r\n", "\n").strip()[:LONGEST_SMS]
    row.blocks = to_json(read_blocks(to_json(content.blocks)))
    row.fallbacks = {
        name: " ".join(value.split())[:LONGEST_FALLBACK]
        for name, value in content.fallbacks.items()
        if value.strip()
    }


def discard_drafts(*, key: str, seen: Mapping[Language, SeenDraft], by: Actor, now: datetime) -> None:
    """Throw the drafts of a template away; what is published stays. A template never published goes with them.

    Raises Conflict when they are not what was `seen`, NotFound.
    """
    template = lock_template(key)
    check_seen(template.id, seen, by=by)
    db.session.execute(delete(TemplateDraft).where(TemplateDraft.template_id == template.id))
    has_versions = db.session.scalar(
        select(TemplateVersion.id).where(TemplateVersion.template_id == template.id).limit(1)
    )
    note_change("template_draft_discarded", subject_kind="template", subject_id=template.id, by=by, now=now)
    if has_versions is None:
        db.session.delete(template)
    db.session.flush()


def restore_version(
    *, key: str, language: Language, number: int, seen: SeenDraft | None, by: Actor, now: datetime
) -> None:
    """Take an earlier version up again as the draft of its language, over the one that was `seen`, if any.

    Raises NotFound; Conflict when there is a draft that was not seen, or the version holds no blocks.
    """
    template = lock_template(key)
    version = db.session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.language == language,
            TemplateVersion.number == number,
        )
    )
    if version is None:
        raise NotFound(N_("There is no such version of this template. Please choose another one."))
    if not version.blocks:
        raise Conflict(NO_BLOCKS)
    draft = lock_drafts(template.id).get(language)
    if draft is not None and not is_seen(draft, seen, by):
        raise Conflict(CHANGED)
    _put(template.id, language, _content_of(version), by=by, now=now)
    note_change(
        "template_version_restored",
        subject_kind="template",
        subject_id=template.id,
        by=by,
        now=now,
        number=number,
    )


def _put(template_id: int, language: Language, content: DraftContent, *, by: Actor, now: datetime) -> None:
    """Write a draft, over the one there is; the revision goes on."""
    row = _find_row(template_id, language)
    if row is None:
        row = TemplateDraft(template_id=template_id, language=language, revision=0)
        row.subject = row.preheader = row.sms_text = ""
        row.blocks, row.fallbacks = [], {}
    _write(row, content)
    _sign(row, by=by, now=now)
    db.session.add(row)
    db.session.flush()


def _find_row(template_id: int, language: Language) -> TemplateDraft | None:
    return db.session.scalar(
        select(TemplateDraft).where(
            TemplateDraft.template_id == template_id, TemplateDraft.language == language
        )
    )


def find_template(key: str) -> MessageTemplate | None:
    """The row of a template, if there is one."""
    return db.session.scalar(select(MessageTemplate).where(MessageTemplate.key == key))


def _get_template(key: str) -> MessageTemplate:
    template = find_template(key)
    if template is None or key.startswith(TEST_PREFIX):
        raise NotFound(NO_TEMPLATE)
    return template
