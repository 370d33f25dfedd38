"""The list of templates, one of them, and its history."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, func, select

from hub.content.blocks import read_blocks
from hub.content.catalog import find_about, find_name, find_place
from hub.content.models import MessageTemplate, TemplateDraft, TemplateVersion
from hub.content.rows import TemplateRow, VersionView
from hub.content.words import TEST_PREFIX, TemplateGroup, TemplateState
from hub.core.batches import table_of
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.questions import Question, Rows, ask_together
from hub.core.text import N_
from hub.core.words import Language

_GROUPS = tuple(TemplateGroup)
NO_TEMPLATE = N_("There is no such template. Please choose another one.")
NO_VERSION = N_("There is no such version of this template. Please choose another one.")


def list_templates(language: str) -> list[TemplateRow]:
    """All templates, the chain's own first, then those delivered, by group; these are named in `language`."""
    return sorted(_rows(language, None), key=_place)


def _place(row: TemplateRow) -> tuple[int, int, str]:
    return (_GROUPS.index(row.group) if row.group else -1, row.position, row.name.casefold())


def get_template(key: str, language: str) -> TemplateRow:
    """One template. Raises NotFound."""
    found = _rows(language, key)
    if not found:
        raise NotFound(NO_TEMPLATE)
    return found[0]


def _rows(language: str, key: str | None) -> list[TemplateRow]:
    wanted = [~MessageTemplate.key.startswith(TEST_PREFIX, autoescape=True)]
    if key is not None:
        wanted.append(MessageTemplate.key == key)
    templates, versions, drafts = ask_together(
        Question((select(*table_of(MessageTemplate).c).where(*wanted),), list[Any]),
        _ask_published(*wanted),
        _ask_drafts(*wanted),
    )
    return [_row(each, versions[each.id], drafts[each.id], language) for each in templates]


def _row(template: Any, versions: list[Any], drafts: list[Any], language: str) -> TemplateRow:
    moments = [
        template.created_at,
        *(row.published_at for row in versions),
        *(row.edited_at for row in drafts),
    ]
    group, position = find_place(template.key)
    return TemplateRow(
        id=template.id,
        key=template.key,
        name=template.name or find_name(template.key, language),
        purpose=template.purpose,
        is_builtin=template.is_builtin,
        own_languages=frozenset(row.language for row in versions if row.is_own),
        published_languages=frozenset(row.language for row in versions),
        draft_languages=frozenset(row.language for row in drafts),
        changed_at=max(moments),
        group=group,
        position=position,
        about=find_about(template.key, language),
        has_sms=any(row.has_sms for row in versions),
    )


def _ask_published(*wanted: ColumnElement[bool]) -> Question[dict[int, list[Any]]]:
    version = TemplateVersion
    found = (
        select(
            version.template_id,
            version.language,
            version.is_own,
            func.max(version.published_at).label("published_at"),
            func.bool_or(version.sms_text != "").label("has_sms"),
        )
        .join(MessageTemplate, MessageTemplate.id == version.template_id)
        .where(*wanted, version.state == TemplateState.PUBLISHED)
        .group_by(version.template_id, version.language, version.is_own)
    )
    return Question((found,), _by_template)


def _ask_drafts(*wanted: ColumnElement[bool]) -> Question[dict[int, list[Any]]]:
    draft = TemplateDraft
    found = select(draft.template_id, draft.language, draft.edited_at).join(
        MessageTemplate, MessageTemplate.id == draft.template_id
    )
    return Question((found.where(*wanted),), _by_template)


def _by_template(rows: Rows) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.template_id].append(row)
    return found


def get_history(template_id: int, language: Language) -> list[VersionView]:
    """Every version of one language, newest first."""
    rows = db.session.scalars(
        select(TemplateVersion)
        .where(TemplateVersion.template_id == template_id, TemplateVersion.language == language)
        .order_by(TemplateVersion.number.desc())
    )
    return [version_view(row) for row in rows]


def get_version_view(template_id: int, language: Language, number: int) -> VersionView:
    """One version as it can be read. Raises NotFound."""
    row = db.session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template_id,
            TemplateVersion.language == language,
            TemplateVersion.number == number,
        )
    )
    if row is None:
        raise NotFound(NO_VERSION)
    return version_view(row)


def version_view(row: TemplateVersion) -> VersionView:
    """A version row as it is handed out."""
    return VersionView(
        id=row.id,
        language=row.language,
        number=row.number,
        state=row.state,
        is_own=row.is_own,
        subject=row.subject,
        preheader=row.preheader,
        text=row.text,
        sms_text=row.sms_text,
        blocks=read_blocks(row.blocks),
        fallbacks={item["name"]: item["fallback"] for item in row.variables if item["fallback"]},
        published_at=row.published_at,
        published_by_id=row.published_by_id,
    )
