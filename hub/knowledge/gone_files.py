"""Files that a text names and that are removed: left out of what readers see, named to whoever writes."""

import re
from collections.abc import Collection
from urllib.parse import unquote

from sqlalchemy import select

from hub.core.db import db
from hub.knowledge.attaching import PLACE
from hub.knowledge.markdown import to_html
from hub.knowledge.models import ArticleFile

NAMED = re.compile(re.escape(PLACE) + r"/([0-9]{1,18})/([^)\s\"?#]+)")


def find_gone(body: str) -> dict[int, str]:
    """The names of such files by id; asks nothing of a text that names no file."""
    named = {int(found[1]): unquote(found[2]) for found in NAMED.finditer(body)}
    kept = _kept(named) if named else set()
    return {each: name for each, name in named.items() if each not in kept}


def shown_html(body: str) -> str:
    """The text as its readers see it."""
    return to_html(body, frozenset(find_gone(body)))


def _kept(file_ids: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(ArticleFile.id).where(ArticleFile.id.in_(file_ids))))
