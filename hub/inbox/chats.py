"""Chats: how long a visitor counts as being there, who may show the widget, which store a page belongs to; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

GONE_AFTER = timedelta(seconds=150)
"""A tab in the background is let speak once a minute only."""
PRESENCE_LASTS = timedelta(seconds=45)
"""How long a colleague counts as looking at a ticket."""
LEAVING_AFTER = timedelta(seconds=15)
"""Between two pages of the shop the widget says that it leaves, then that it is there again."""
COMES_BACK_WITHIN = timedelta(hours=12)
LONGEST_LINE = 2_000
LONGEST_NAME = 80
LONGEST_URL = 500
SETTING = "chat"
MARK = "chat"
"""Under this name a line of the thread keeps the chat it was said in."""


@dataclass(frozen=True)
class ChatSetup:
    """What the chain chose: whether there is a chat, which sites show it, what it says of privacy.

    `store_sites` are further sites of one store; `store_off` the stores without a chat.
    """

    is_on: bool = True
    sites: tuple[str, ...] = ()
    privacy_url: str = ""
    store_sites: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    store_off: frozenset[int] = frozenset()

    def is_on_for(self, store_id: int | None) -> bool:
        return self.is_on and store_id not in self.store_off

    def sites_of(self, store_id: int | None) -> tuple[str, ...]:
        """The origins that may show the widget of this store, or of the chain (None)."""
        return (*self.sites, *(self.store_sites.get(store_id, ()) if store_id else ()))


def read_setup(settings: Mapping[str, Any]) -> ChatSetup:
    """The chain's choices as they are kept under `chat`; what is missing is as delivered."""
    kept = settings.get(SETTING, {})
    return ChatSetup(
        is_on=bool(kept.get("is_on", True)),
        sites=_texts(kept.get("sites", ())),
        privacy_url=str(kept.get("privacy_url", "")),
        store_sites={int(key): _texts(value) for key, value in kept.get("store_sites", {}).items()},
        store_off=frozenset(int(each) for each in kept.get("store_off", ())),
    )


def write_setup(setup: ChatSetup) -> dict[str, Any]:
    """The same as it is kept."""
    return {
        "is_on": setup.is_on,
        "sites": list(setup.sites),
        "privacy_url": setup.privacy_url,
        "store_sites": {str(key): list(value) for key, value in setup.store_sites.items() if value},
        "store_off": sorted(setup.store_off),
    }


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(each) for each in values)


def find_store_of_page(url: str, slugs: Mapping[str, int]) -> int | None:
    """The store whose slug is a part of the page's path: `/magasins/lyon-part-dieu`. None for none or several."""
    try:
        path = unquote(urlsplit(url).path).lower()
    except ValueError:
        return None
    found = {slugs[part] for part in path.split("/") if part in slugs}
    return found.pop() if len(found) == 1 else None


def clean_line(text: str, longest: int) -> str:
    """One line without outer spaces, cut."""
    return " ".join(text.replace("\x00", "").split())[:longest]


def may_come_back(*, left_at: datetime, is_closed: bool, now: datetime) -> bool:
    """Whether a visitor who left may still open the same chat: not one who ended it."""
    return not is_closed and now - left_at < COMES_BACK_WITHIN
