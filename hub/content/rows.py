"""What the content room hands out: frozen rows instead of ORM objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.content.blocks import Block
from hub.content.words import TemplateGroup, TemplateState
from hub.core.words import Language, Purpose


@dataclass(frozen=True)
class TemplateRow:
    """A template in the list. `own_languages`: where the chain's own version is in use; `changed_at`: the last change.

    `group` (None: made here) and `position` are its place among the delivered ones, `about` the sentence that says what
    it is for. `has_sms`: one of its published versions says it also as SMS.
    """

    id: int
    key: str
    name: str
    purpose: Purpose
    is_builtin: bool
    own_languages: frozenset[Language]
    published_languages: frozenset[Language]
    draft_languages: frozenset[Language]
    changed_at: datetime
    group: TemplateGroup | None = None
    position: int = 0
    about: str = ""
    has_sms: bool = False


@dataclass(frozen=True)
class SeenDraft:
    """Which draft a person had before their eyes, and how far it was written."""

    draft_id: int
    revision: int


@dataclass(frozen=True)
class DraftView:
    """What is being written in one language; `revision` must come back with the next save."""

    id: int
    template_id: int
    key: str
    purpose: Purpose
    is_builtin: bool
    language: Language
    subject: str
    preheader: str
    sms_text: str
    blocks: tuple[Block, ...]
    fallbacks: Mapping[str, str]
    revision: int
    edited_by_id: int | None
    edited_at: datetime


@dataclass(frozen=True)
class VersionView:
    """One version. `blocks` is empty for versions from before blocks were kept: those cannot be taken up again."""

    id: int
    language: Language
    number: int
    state: TemplateState
    is_own: bool
    subject: str
    preheader: str
    text: str
    sms_text: str
    blocks: tuple[Block, ...]
    fallbacks: Mapping[str, str]
    published_at: datetime
    published_by_id: int | None


@dataclass(frozen=True, kw_only=True)
class DraftContent:
    """What an author sends in one language. `blocks` as in hub/content/blocks.py, `fallbacks` by variable."""

    subject: str
    preheader: str = ""
    sms_text: str = ""
    blocks: tuple[Block, ...] = ()
    fallbacks: dict[str, str] = field(default_factory=dict)
