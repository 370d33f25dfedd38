"""Looks up template versions, prepared for rendering and kept in the process: a version never changes."""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import Select, select

from hub.content.catalog import get_builtin, list_keys
from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.rendering import PreparedTemplate, Spec, prepare
from hub.content.words import Automatic, TemplateState, VariableKind
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Language, Purpose

_VERSIONS_KEPT = 512


def get_published(key: str, language: str) -> PreparedTemplate:
    """Return the version in use now (one small look-up, the rest from the process). Raises NotFound.

    The chain's own version goes before the delivered one.
    """
    version_id = db.session.scalar(_in_use([key], language).limit(1))
    if version_id is None:
        raise NotFound(
            N_("There is no published template %(key)s in this language. Please publish it first."), key=key
        )
    return get_version(version_id)


def find_published(keys: Collection[str], language: str) -> dict[str, PreparedTemplate]:
    """By key the versions in use now, in one look-up; what is not published in this language is left out."""
    found: dict[str, int] = {}
    for version_id, key in db.session.execute(_in_use(keys, language)):
        found.setdefault(key, version_id)
    return {key: get_version(version_id) for key, version_id in found.items()}


def _in_use(keys: Collection[str], language: str) -> Select[int, str]:
    """The chain's own versions first."""
    return (
        select(TemplateVersion.id, MessageTemplate.key)
        .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
        .where(
            among(MessageTemplate.key, keys),
            TemplateVersion.language == Language(language),
            TemplateVersion.state == TemplateState.PUBLISHED,
        )
        .order_by(TemplateVersion.is_own.desc())
    )


@lru_cache(maxsize=_VERSIONS_KEPT)
def get_version(version_id: int) -> PreparedTemplate:
    """Return one version, also a retired one. Raises NotFound."""
    row = db.session.execute(
        select(TemplateVersion, MessageTemplate.key, MessageTemplate.purpose)
        .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
        .where(TemplateVersion.id == version_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such template version. Please choose another one."))
    version, key, purpose = row
    return prepare(
        version_id=version.id,
        key=key,
        language=version.language,
        purpose=purpose,
        automatic=_automatic(key, version.language, purpose),
        specs=tuple(
            Spec(item["name"], VariableKind(item["kind"]), item["is_required"], item["fallback"])
            for item in version.variables
        ),
        subject=version.subject,
        html_source=version.html,
        text_source=version.text,
        sms_source=version.sms_text,
    )


def _automatic(key: str, language: Language, purpose: Purpose) -> Automatic:
    """Return what the mail says of itself; a template made here is automatic unless it carries a reply."""
    if key in list_keys():
        return get_builtin(key, language).automatic
    return Automatic.NO if purpose is Purpose.REPLY else Automatic.GENERATED
