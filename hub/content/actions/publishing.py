"""Freezes drafts as versions: publishes them, takes the chain's own ones back, keeps what is sent as a test."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from hub.content.actions.drafts import find_template
from hub.content.actions.seeing import check_seen, lock_template
from hub.content.blocks import to_json
from hub.content.checks import specs_of
from hub.content.compiling import Compiled
from hub.content.composing import Content
from hub.content.findings import House
from hub.content.models import MessageTemplate, TemplateDraft, TemplateVersion
from hub.content.queries.drafts import check_draft, content_of_draft, find_draft, list_drafts, review_drafts
from hub.content.rows import DraftView, SeenDraft
from hub.content.words import TEST_PREFIX, TemplateState, VariableKind
from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Language, Purpose

_TOKEN = re.compile(r"\[\[([a-z0-9_]+)\]\]|<!--(?:if|unless) ([a-z0-9_|]+)-->")
NO_DRAFT = N_("There is no draft to publish. Please open the template again.")
TEST_MARK = "[Test] "


def publish_drafts(
    *, key: str, seen: Mapping[Language, SeenDraft], house: House, by: Actor, now: datetime
) -> list[int]:
    """Publish the drafts of a template in all languages together; returns the numbers of the new versions.

    Raises Invalid when something found in them stops the publication (`review_drafts` says what), NotFound, and
    Conflict when they are not what was `seen`.
    """
    template = lock_template(key)
    if not list_drafts(template.id):
        raise Conflict(NO_DRAFT)
    check_seen(template.id, seen, by=by)
    drafts = list_drafts(template.id)
    reports = review_drafts(template.id, house)
    if not all(report.is_publishable for report in reports):
        raise Invalid(N_("This template has faults that stop its publication. Please correct them first."))
    compiled = {report.language: report.compiled for report in reports}
    numbers = []
    for draft in drafts:
        done = compiled[draft.language.value]
        if done is not None:
            numbers.append(_freeze(template.id, draft, done, by=by, now=now))
    db.session.execute(delete(TemplateDraft).where(TemplateDraft.template_id == template.id))
    note_change(
        "template_published",
        subject_kind="template",
        subject_id=template.id,
        by=by,
        now=now,
        numbers=numbers,
    )
    return numbers


def _freeze(template_id: int, draft: DraftView, compiled: Compiled, *, by: Actor, now: datetime) -> int:
    """Write one new own version and retire the one before it; the delivered one stays behind it."""
    ours = (TemplateVersion.template_id == template_id, TemplateVersion.language == draft.language)
    _retire(template_id, draft.language)
    number = (db.session.scalar(select(func.max(TemplateVersion.number)).where(*ours)) or 0) + 1
    db.session.add(
        TemplateVersion(
            template_id=template_id,
            language=draft.language,
            number=number,
            state=TemplateState.PUBLISHED,
            subject=compiled.subject,
            source=compiled.source,
            source_hash=compiled.source_hash,
            html=compiled.html,
            text=compiled.text,
            variables=_used_specs(content_of_draft(draft), compiled),
            published_at=now,
            sms_text=compiled.sms_text,
            preheader=draft.preheader,
            blocks=to_json(draft.blocks),
            is_own=True,
            published_by_id=by.agent_id,
        )
    )
    db.session.flush()
    return number


def _used_specs(content: Content, compiled: Compiled) -> list[Any]:
    """What rendering must know of the variables that stand in a version, as JSON."""
    marks = _TOKEN.findall(f"{compiled.subject}\n{compiled.html}\n{compiled.text}\n{compiled.sms_text}")
    used = {name for pair in marks for part in pair for name in part.split("|")}
    return [
        {"name": s.name, "kind": s.kind.value, "is_required": s.is_required, "fallback": s.fallback}
        for s in specs_of(content.variables)
        if s.name in used
    ]


def _retire(template_id: int, language: Language | None) -> int:
    """Retire the own versions in use; returns how many."""
    wanted = [
        TemplateVersion.template_id == template_id,
        TemplateVersion.state == TemplateState.PUBLISHED,
        TemplateVersion.is_own,
    ]
    if language is not None:
        wanted.append(TemplateVersion.language == language)
    done: Any = db.session.execute(update(TemplateVersion).where(*wanted).values(state=TemplateState.RETIRED))
    return int(done.rowcount)


def go_back_to_delivered(*, key: str, by: Actor, now: datetime) -> None:
    """Use the delivered mail again; the chain's versions are kept. Raises Conflict where there is none of them."""
    template = lock_template(key)
    if not template.is_builtin or not _retire(template.id, None):
        raise Conflict(N_("The delivered mail is in use already. Please reload the page."))
    note_change("template_reverted", subject_kind="template", subject_id=template.id, by=by, now=now)


def publish_test(
    *, key: str, language: Language, harmless_url: str, now: datetime
) -> tuple[str, dict[str, str]]:
    """Freeze a draft as it stands under a key for tests, its acting links led to `harmless_url`.

    Returns the key to post and the example values. Raises NotFound, and Invalid when the draft cannot be filled.
    """
    template = lock_template(key)
    draft = find_draft(template.id, language)
    if draft is None:
        raise NotFound(NO_DRAFT)
    report = check_draft(draft, House("", ""))
    if report.compiled is None:
        raise Invalid(N_("This draft cannot be sent yet. Please correct its errors first."))
    content = content_of_draft(draft)
    acts = {v.name for v in content.variables if v.kind is VariableKind.ACT}
    compiled = _disarm(report.compiled, acts, harmless_url)
    test_id = _test_template(f"{TEST_PREFIX}{key}", now=now)
    _retire(test_id, language)
    _freeze(test_id, draft, compiled, by=SYSTEM, now=now)
    return f"{TEST_PREFIX}{key}", {v.name: v.example for v in content.variables}


def _disarm(compiled: Compiled, acts: set[str], url: str) -> Compiled:
    """The draft with a mark in its subject, and with links that do nothing where they would act for the receiver."""

    def dead(source: str) -> str:
        return _TOKEN.sub(lambda found: url if found[1] in acts else found[0], source)

    return replace(
        compiled,
        subject=TEST_MARK + compiled.subject,
        html=dead(compiled.html),
        text=dead(compiled.text),
        sms_text=TEST_MARK + dead(compiled.sms_text) if compiled.sms_text else "",
    )


def _test_template(key: str, *, now: datetime) -> int:
    row = find_template(key)
    if row is None:
        row = MessageTemplate(key=key, purpose=Purpose.STAFF, is_builtin=False, created_at=now)
        db.session.add(row)
        db.session.flush()
    return row.id
