"""The blueprint of the chat widget: which sites may speak to it, who speaks, and the answer they get."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from hub.core import clock, live, signing, site
from hub.core.errors import Forbidden, Gone, NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.inbox import queries
from hub.inbox.chats import ChatSetup, find_store_of_page
from hub.inbox.queries import ChatPage
from hub.stores.queries import find_chain, find_store_by_code, find_store_by_slug, list_stores

blueprint = Blueprint("chat", __name__)
TOKEN = "chat-session"  # noqa: S105 - what the token is for
TOKEN_LASTS = timedelta(hours=12)
NOT_HERE = N_("This site may not show the chat. Please ask the chain to add it to its list.")
NO_CHAT = N_("There is no chat here for the moment. Please use the contact form.")


@dataclass(frozen=True)
class Place:
    """Where the widget stands: the store it was put there for, or that its page belongs to."""

    store_id: int | None
    page_url: str
    origin: str


@blueprint.before_request
def check_site() -> ResponseReturnValue | None:
    """A browser says from which site it asks; another one than those of the list gets no answer."""
    given = request.form.get("lang", "")
    if given in set(Language):
        g.language = given
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None:
        if find_chain() is None or origin not in _allowed():
            raise Forbidden(NOT_HERE)
        g.chat_origin = origin
    return None


@blueprint.after_request
def let_site_read(response: Response) -> Response:
    """The browser hands the answer to the page of an allowed site only."""
    response.headers["Cache-Control"] = response.headers.get("Cache-Control", "no-store")
    response.headers["Vary"] = "Origin"
    if "chat_origin" in g:
        response.headers["Access-Control-Allow-Origin"] = g.chat_origin
    return response


def _allowed() -> set[str]:
    """Our own site, the chain's, and those of the list: of the store asked for, or of all once a chat is known."""
    setup, chain = queries.get_setup(), find_chain()
    own = {site.origin_of(site.base_url()), site.origin_of(request.host_url)}
    own.add(site.origin_of(chain.website_url or "") if chain else None)
    named = setup.sites_of(_named_store())
    if request.form.get("token"):
        named = (*setup.sites, *(each for sites in setup.store_sites.values() for each in sites))
    return {each for each in (*own, *named) if each}


def _named_store() -> int | None:
    """The store of `data-store`: its slug or its code. None without one."""
    name = request.form.get("store", "").strip()
    found = (find_store_by_slug(name) or find_store_by_code(name)) if name else None
    return found.id if found else None


def read_place() -> Place:
    """Raises NotFound where there is no chat."""
    page_url = request.form.get("page", "")
    store_id = _named_store()
    if store_id is None:
        store_id = find_store_of_page(page_url, {row.slug: row.id for row in list_stores()})
    if not setup_now().is_on_for(store_id):
        raise NotFound(NO_CHAT)
    return Place(store_id, page_url, request.headers.get("Origin", ""))


def setup_now() -> ChatSetup:
    """What the chain chose; no chat before the set-up."""
    return queries.get_setup() if find_chain() is not None else ChatSetup(is_on=False)


def read_token() -> int:
    """The chat of the request's token. Raises NotFound or Gone."""
    claim = signing.read(TOKEN, request.form.get("token", ""), now=clock.machine_now())
    return int(claim["c"])


def find_token() -> int | None:
    """The same, None when there is no good token."""
    try:
        return read_token() if request.form.get("token") else None
    except (NotFound, Gone):
        return None


def chat_shape(chat_id: int, page: ChatPage) -> dict[str, Any]:
    """A chat as the widget wants it, with a fresh token and the address of its stream ("" without live events)."""
    now = clock.machine_now()
    return {
        "token": signing.sign(TOKEN, {"c": chat_id}, expires_at=now + TOKEN_LASTS),
        "stream": live.make_stream_url([live.chat_topic(chat_id)], machine_now=now),
        "lines": [
            {
                "id": line.id,
                "mine": line.is_mine,
                "name": line.name,
                "text": line.text,
                "at": line.at.isoformat(),
            }
            for line in page.lines
        ],
        "writing": page.writing,
        "settled": page.is_settled,
    }
