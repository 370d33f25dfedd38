"""Which store must answer, how we know, and how sure we are; pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.core.text import fold
from hub.inbox.words import RouteSource

R = RouteSource
DEFAULT_ORDER: tuple[RouteSource, ...] = (
    R.ORDER_NUMBER,
    R.STORE_ADDRESS,
    R.STORE_NUMBER,
    R.STORE_FORM,
    R.RECENT_ORDER,
    R.LOYALTY_CARD,
    R.PREFERRED_STORE,
    R.POSTCODE,
    R.STORE_NAME,
)
CONFIDENCE: Mapping[RouteSource, float] = {
    R.ANSWERED_ORDER: 1.0,
    R.STORE_COUNTER: 1.0,
    R.AGENT: 1.0,
    R.ORDER_NUMBER: 0.98,
    R.STORE_ADDRESS: 0.95,
    R.STORE_NUMBER: 0.95,
    R.STORE_FORM: 0.95,
    R.RULE: 0.9,
    R.RECENT_ORDER: 0.75,
    R.LOYALTY_CARD: 0.7,
    R.PREFERRED_STORE: 0.6,
    R.POSTCODE: 0.5,
    R.STORE_NAME: 0.45,
    R.NONE: 0.0,
}
MAX_CANDIDATES = 6
RECENT_ORDER_DAYS = 180
_WORD = re.compile(
    r"(?<![\w@/.+-])#?((?=[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d)[A-Z0-9][A-Z0-9/_-]{3,29})(?![\w@])",
    re.IGNORECASE,
)
_CARD = re.compile(r"\b(carte|card|fidel|loyal)")
_POSTCODE = re.compile(r"(?<![\d-])(\d{5})(?![\d-])")


@dataclass(frozen=True)
class Route:
    """`store_id` None is the central queue; `detail` is what was found: the order number, the post code."""

    store_id: int | None
    source: RouteSource
    confidence: float
    detail: str = ""


CENTRAL = Route(None, R.NONE, 0.0)


def choose_route(
    order: Sequence[RouteSource], finders: Mapping[RouteSource, Callable[[], int | None]]
) -> Route:
    """Ask the sources one after the other; the first that names a store decides. No e-mail domain is a source."""
    for source in order:
        finder = finders.get(source)
        store_id = finder() if finder else None
        if store_id is not None:
            return route_by(source, store_id)
    return CENTRAL


def route_by(source: RouteSource, store_id: int) -> Route:
    return Route(store_id, source, CONFIDENCE[source])


def find_order_numbers(text: str) -> tuple[str, ...]:
    """Words with at least three digits that may be order numbers, as written and in upper case; dates are not."""
    found = dict.fromkeys(word.rstrip("/_-") for word in _WORD.findall(text))
    words = (word for word in found if not re.fullmatch(r"\d{1,4}[/-]\d{1,2}(?:[/-]\d{1,4})?", word))
    return tuple(dict.fromkeys(spelling for word in words for spelling in (word, word.upper())))[
        :MAX_CANDIDATES
    ]


def find_card_numbers(text: str) -> tuple[str, ...]:
    """Numbers that may be of a loyalty card: only where the text speaks of a card at all."""
    return find_order_numbers(text) if _CARD.search(fold(text)) else ()


def find_postcodes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_POSTCODE.findall(text)))[:MAX_CANDIDATES]


def find_store_by_name(text: str, names: Mapping[int, str]) -> int | None:
    """The store whose whole name stands in the text; the longest name wins, two of one length decide nothing."""
    plain = f" {_plain(text)} "
    hits = [(len(name), store_id) for store_id, name in _plain_names(names) if name and f" {name} " in plain]
    if not hits:
        return None
    longest = max(length for length, _ in hits)
    best = [store_id for length, store_id in hits if length == longest]
    return best[0] if len(best) == 1 else None


def local_parts(recipients: Iterable[str], domains: Iterable[str]) -> tuple[str, ...]:
    """Local parts of our own addresses, without what follows a plus."""
    own = frozenset(domains)
    parts = (address.lower().rpartition("@") for address in recipients)
    return tuple(dict.fromkeys(local.partition("+")[0] for local, _, domain in parts if domain in own))


def complete_order(order: Sequence[RouteSource]) -> tuple[RouteSource, ...]:
    """An order that was kept before a source existed: the new one stands behind its neighbour of the default order."""
    found = [source for source in order if source in DEFAULT_ORDER]
    for place, source in enumerate(DEFAULT_ORDER):
        if source not in found:
            before = [found.index(each) for each in DEFAULT_ORDER[:place] if each in found]
            found.insert(before[-1] + 1 if before else 0, source)
    return tuple(found)


def check_order(sources: Sequence[RouteSource]) -> bool:
    """Whether each source that can be ordered stands there exactly once."""
    return sorted(sources) == sorted(DEFAULT_ORDER)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def _plain_names(names: Mapping[int, str]) -> list[tuple[int, str]]:
    return [(store_id, _plain(name)) for store_id, name in names.items()]
