"""Who may share and change a saved view, and what its name and words may be; pure."""

from hub.core.errors import Invalid
from hub.core.text import N_, SPACES
from hub.inbox.asking import LONGEST_SEARCH
from hub.inbox.words import ViewReach
from hub.staff.rules import Viewer
from hub.staff.words import Role

LONGEST_NAME = 60
CHAIN_EDITORS = frozenset({Role.HEAD_OFFICE, Role.ADMINISTRATOR})
STORE_EDITORS = CHAIN_EDITORS | {Role.STORE_MANAGER, Role.REGION_MANAGER}


def reaches_of(viewer: Viewer) -> tuple[ViewReach, ...]:
    """With whom a person may share a view: a store's manager with the store, the head office with the chain."""
    found = [ViewReach.PERSONAL]
    if viewer.role in STORE_EDITORS and viewer.scope.store_ids:
        found.append(ViewReach.STORE)
    if viewer.role in CHAIN_EDITORS:
        found.append(ViewReach.CHAIN)
    return tuple(found)


def may_edit(reach: ViewReach, *, agent_id: int, store_id: int | None, viewer: Viewer) -> bool:
    """One's own, or a shared one of a place one answers for."""
    if reach is ViewReach.PERSONAL:
        return agent_id == viewer.agent_id
    if reach is ViewReach.STORE:
        return viewer.role in STORE_EDITORS and store_id is not None and viewer.scope.has_store(store_id)
    return viewer.role in CHAIN_EDITORS


def clean_name(name: str) -> str:
    """One line of at most 60 characters. Raises Invalid."""
    clean = SPACES.sub(" ", name.replace("\x00", "")).strip()
    if not clean or len(clean) > LONGEST_NAME:
        raise Invalid(
            N_("Please give a name of at most %(most)s characters."), field="name", most=LONGEST_NAME
        )
    return clean


def clean_query(query: str) -> str:
    """The words of a view on one line. Raises Invalid when they are too long to be read again."""
    clean = SPACES.sub(" ", query.replace("\x00", "")).strip()
    if len(clean) > LONGEST_SEARCH:
        raise Invalid(N_("Please shorten this search: 400 characters are enough."), field="query")
    return clean
