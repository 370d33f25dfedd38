"""Writes message templates: publishes the delivered mails as frozen versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update

from hub.content.blocks import to_json
from hub.content.catalog import BuiltinMail, get_builtin, list_keys
from hub.content.compiling import Compiled, compile_builtin
from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.recording import read_builtin
from hub.content.words import LANGUAGES, TemplateState
from hub.core.db import db
from hub.core.words import Language, Purpose

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('content.publish_builtin_templates'))"


def publish_builtin_templates(*, now: datetime) -> int:
    """Publish each delivered mail whose source has changed; return how many new versions there are.

    Safe to call at every start and by several processes at once. Earlier versions stay for the messages that
    were frozen with them.
    """
    db.session.execute(text(_LOCK))
    hashes = _published_hashes()
    count = 0
    for key in list_keys():
        for language in LANGUAGES:
            mail = get_builtin(key, language)
            compiled = compile_builtin(mail)
            if hashes.get((key, language)) != compiled.source_hash:
                _publish(mail, compiled, now=now)
                count += 1
    return count


def _published_hashes() -> dict[tuple[str, str], str]:
    """Return the source hash of what is published now, by key and language."""
    rows = db.session.execute(
        select(MessageTemplate.key, TemplateVersion.language, TemplateVersion.source_hash)
        .join(TemplateVersion, TemplateVersion.template_id == MessageTemplate.id)
        .where(TemplateVersion.state == TemplateState.PUBLISHED, ~TemplateVersion.is_own)
    )
    return {(key, language): source_hash for key, language, source_hash in rows}


def _publish(mail: BuiltinMail, compiled: Compiled, *, now: datetime) -> None:
    """Write one new version and retire the one before it."""
    template_id = _template_id(mail, now=now)
    language = Language(mail.language)
    ours = (TemplateVersion.template_id == template_id, TemplateVersion.language == language)
    preheader, blocks = read_builtin(mail)
    db.session.execute(
        update(TemplateVersion)
        .where(*ours, TemplateVersion.state == TemplateState.PUBLISHED, ~TemplateVersion.is_own)
        .values(state=TemplateState.RETIRED)
    )
    last = db.session.scalar(select(func.max(TemplateVersion.number)).where(*ours)) or 0
    version = TemplateVersion(
        template_id=template_id,
        language=language,
        number=last + 1,
        state=TemplateState.PUBLISHED,
        subject=compiled.subject,
        source=compiled.source,
        source_hash=compiled.source_hash,
        html=compiled.html,
        text=compiled.text,
        sms_text=compiled.sms_text,
        preheader=preheader,
        blocks=to_json(blocks),
        variables=_specs(mail),
        published_at=now,
    )
    db.session.add(version)
    db.session.flush()


def _template_id(mail: BuiltinMail, *, now: datetime) -> int:
    """Return the id of the template row, made when there is none; its purpose follows the source."""
    purpose = Purpose(mail.purpose)
    template = db.session.scalar(select(MessageTemplate).where(MessageTemplate.key == mail.key))
    if template is None:
        template = MessageTemplate(key=mail.key, purpose=purpose, is_builtin=True, created_at=now)
        db.session.add(template)
    template.purpose = purpose
    db.session.flush()
    return template.id


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
