"""Writes message templates: publishes the delivered mails as frozen versions."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import func, insert, select, text, tuple_, update

from hub.content.blocks import to_json
from hub.content.catalog import BuiltinMail, find_place, get_builtin, list_keys
from hub.content.compiling import compile_builtin
from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.recording import read_builtin
from hub.content.words import LANGUAGES, TemplateGroup, TemplateState
from hub.core.batches import table_of
from hub.core.db import db
from hub.core.words import Language, Purpose

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('content.publish_builtin_templates'))"


def publish_builtin_templates(
    *, now: datetime, groups: Collection[TemplateGroup] = tuple(TemplateGroup)
) -> int:
    """Publish each delivered mail (of these groups) whose source has changed; return how many new versions there are.

    Safe to call at every start and by several processes at once. Earlier versions stay for the messages that
    were frozen with them.
    """
    db.session.execute(text(_LOCK))
    hashes = _published_hashes()
    keys = [key for key in list_keys() if find_place(key)[0] in groups]
    mails = [get_builtin(key, language) for key in keys for language in LANGUAGES]
    changed = [
        mail for mail in mails if hashes.get((mail.key, mail.language)) != compile_builtin(mail).source_hash
    ]
    if changed:
        _publish(changed, now=now)
    return len(changed)


def _published_hashes() -> dict[tuple[str, str], str]:
    """Return the source hash of what is published now, by key and language."""
    rows = db.session.execute(
        select(MessageTemplate.key, TemplateVersion.language, TemplateVersion.source_hash)
        .join(TemplateVersion, TemplateVersion.template_id == MessageTemplate.id)
        .where(TemplateVersion.state == TemplateState.PUBLISHED, ~TemplateVersion.is_own)
    )
    return {(key, language): source_hash for key, language, source_hash in rows}


def _publish(changed: list[BuiltinMail], *, now: datetime) -> None:
    """Write one new version of each and retire the one before it."""
    ids = _template_ids(changed, now=now)
    ours = [(ids[mail.key], Language(mail.language)) for mail in changed]
    is_ours = tuple_(TemplateVersion.template_id, TemplateVersion.language).in_(ours)
    place = (TemplateVersion.template_id, TemplateVersion.language)
    found = db.session.execute(
        select(*place, func.max(TemplateVersion.number)).where(is_ours).group_by(*place)
    )
    last = {(template_id, language): number for template_id, language, number in found}
    if last:
        db.session.execute(
            update(TemplateVersion)
            .where(is_ours, TemplateVersion.state == TemplateState.PUBLISHED, ~TemplateVersion.is_own)
            .values(state=TemplateState.RETIRED)
        )
    rows = [
        {**_content_of(mail), "template_id": place[0], "number": last.get(place, 0) + 1, "published_at": now}
        for place, mail in zip(ours, changed, strict=True)
    ]
    db.session.execute(insert(table_of(TemplateVersion)), rows)


@cache
def _content_of(mail: BuiltinMail) -> Mapping[str, Any]:
    """Return what a version of this mail holds, whatever its place and number."""
    compiled, (preheader, blocks) = compile_builtin(mail), read_builtin(mail)
    return {
        "language": Language(mail.language),
        "state": TemplateState.PUBLISHED,
        "subject": compiled.subject,
        "source": compiled.source,
        "source_hash": compiled.source_hash,
        "html": compiled.html,
        "text": compiled.text,
        "sms_text": compiled.sms_text,
        "preheader": preheader,
        "blocks": to_json(blocks),
        "variables": _specs(mail),
    }


def _template_ids(mails: list[BuiltinMail], *, now: datetime) -> dict[str, int]:
    """Return the ids of the template rows by key, made where there are none; their purposes follow the sources."""
    keys = {mail.key for mail in mails}
    found = db.session.scalars(select(MessageTemplate).where(MessageTemplate.key.in_(keys)))
    templates = {template.key: template for template in found}
    for mail in mails:
        purpose = Purpose(mail.purpose)
        if mail.key not in templates:
            row = MessageTemplate(key=mail.key, purpose=purpose, is_builtin=True, created_at=now)
            templates[mail.key] = row
            db.session.add(row)
        templates[mail.key].purpose = purpose
    db.session.flush()
    return {key: template.id for key, template in templates.items()}


def _specs(mail: BuiltinMail) -> list[Any]:
    """Return what rendering must know of each variable, as JSON."""
    return [
        {
            "name": variable.name,
            "kind": variable.kind.value,
            "is_required": variable.is_required,
            "fallback": variable.fallback,
        }
        for variable in mail.variables
    ]
