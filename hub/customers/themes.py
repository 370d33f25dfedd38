"""The themes of promotion that customers may choose one by one: a short list in the chain's settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import N_, slug
from hub.core.words import Language
from hub.stores.actions import change_setting

SETTING = "themes"
MOST_THEMES = 12
NAME_CHARS = 60


@dataclass(frozen=True)
class Theme:
    """`key` never changes: the ledger names it."""

    key: str
    name_fr: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_en if language == Language.ENGLISH else self.name_fr


def read_themes(settings: Mapping[str, Any]) -> tuple[Theme, ...]:
    """The chain's themes in their order; none before somebody wrote some."""
    listed = settings.get(SETTING, {}).get("list", [])
    return tuple(Theme(each["key"], each["fr"], each["en"]) for each in listed)


def change_themes(themes: Sequence[Theme], *, by: Actor, now: datetime) -> None:
    """Replace the list. A theme without a key is new; one without names goes, and what was said of it is kept.

    Raises Invalid for a theme with one name only, two of the same key or too many.
    """
    kept = [_checked(each) for each in themes if each.name_fr.strip() or each.name_en.strip()]
    if len(kept) > MOST_THEMES:
        raise Invalid(N_("Please keep at most %(count)s themes."), field="themes", count=MOST_THEMES)
    if len({each.key for each in kept}) < len(kept):
        raise Invalid(N_("Two themes have the same name. Please give each its own."), field="themes")
    listed = [{"key": each.key, "fr": each.name_fr, "en": each.name_en} for each in kept]
    change_setting(SETTING, {"list": listed}, by=by, now=now)


def _checked(theme: Theme) -> Theme:
    french, english = (" ".join(name.split())[:NAME_CHARS] for name in (theme.name_fr, theme.name_en))
    if not french or not english:
        raise Invalid(N_("Please give each theme a French and an English name."), field="themes")
    return Theme(theme.key or slug(french), french, english)
