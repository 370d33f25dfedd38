"""Writes message templates: publishes the delivered mails as frozen versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, tuple_, update

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
    mails = [get_builtin(key, language) for key in list_keys() for language in LANGUAGES]
    changed = {
        mail: compiled
        for mail in mails
        if hashes.get((mail.key, mail.language)) != (compiled := compile_builtin(mail)).source_hash
    }
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


def _publish(changed: dict[BuiltinMail, Compiled], *, now: datetime) -> None:
    """Write one new version of each and retire the one before it."""
    ids = _template_ids(list(changed), now=now)
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
    db.session.add_all(
        _version(mail, compiled, place=place, number=last.get(place, 0) + 1, now=now)
        for place, (mail, compiled) in zip(ours, changed.items(), strict=True)
    )
    db.session.flush()


def _version(
    mail: BuiltinMail, compiled: Compiled, *, place: tuple[int, Language], number: int, now: datetime
) -> TemplateVersion:
    """Return the row of a version at its place: template and language."""
    preheader, blocks = read_builtin(mail)
    return TemplateVersion(
        template_id=place[0],
        language=place[1],
        number=number,
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
