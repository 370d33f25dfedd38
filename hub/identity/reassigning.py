"""Every room that holds rows of a customer, in the order in which a merge goes through them."""

from collections.abc import Callable, Collection

from hub.customers import reassigning as customers
from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import Fate, Owned, owned
from hub.identity.privacy_models import Erasure, PrivacyRequest
from hub.inbox import reassigning as inbox
from hub.loyalty import reassigning as loyalty
from hub.orders import reassigning as orders
from hub.outbox import reassigning as outbox
from hub.plans import reassigning as plans
from hub.questionnaires import reassigning as questionnaires
from hub.reviews import reassigning as reviews
from hub.segments import reassigning as segments
from hub.signups import reassigning as signups
from hub.surveys import reassigning as surveys

OWN = (owned(PrivacyRequest), owned(Erasure, Fate.KEPT))


def _reassign_own(merge: Journal) -> int:
    return merge.give(OWN)


LOCKS: tuple[Callable[[Collection[int]], None], ...] = (customers.lock, inbox.lock)
"""Addresses, then tickets, each by id; the customers' own rows come last, as whoever inserts for them takes them last."""
ROOMS: tuple[tuple[tuple[Owned, ...], Callable[[Journal], int]], ...] = (
    (customers.OWNED, customers.reassign),
    (orders.OWNED, orders.reassign),
    (loyalty.OWNED, loyalty.reassign),
    (surveys.OWNED, surveys.reassign),
    (questionnaires.OWNED, questionnaires.reassign),
    (reviews.OWNED, reviews.reassign),
    (signups.OWNED, signups.reassign),
    (inbox.OWNED, inbox.reassign),
    (plans.OWNED, plans.reassign),
    (outbox.OWNED, outbox.reassign),
    (segments.OWNED, segments.reassign),
    (OWN, _reassign_own),
)


def list_owned() -> list[Owned]:
    """What the rooms say of each table that names a customer."""
    return [each for tables, _reassign in ROOMS for each in tables]


def reassign_everywhere(merge: Journal) -> int:
    """Let each room give its rows. Returns how many. What comes in after one has looked, the next look finds."""
    looked = merge.look(list_owned())
    return sum(reassign(looked) for _tables, reassign in ROOMS)
