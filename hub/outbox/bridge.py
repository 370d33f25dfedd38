"""Who fetches the replies on social networks: told by webhook, which is another room's; handed in once by the application."""

from collections.abc import Callable

from hub.channels.bridge import REFERENCE

NOBODY_LISTENS = "nobody_listens"
NOT_TAKEN = "not_taken"
"""Why a reply was given up on our side, beside the bridge's own words."""


def network_id(reference: str | None) -> str | None:
    """What the network calls a message, out of its `provider_reference`; None until its bridge has said it."""
    return reference if reference != REFERENCE else None


class _Kept:
    has_listener: Callable[[int | None], bool] = staticmethod(lambda _store_id: False)


def use_listener(has_listener: Callable[[int | None], bool]) -> None:
    """Called once when the application is made: whether somebody asked for the replies of a store."""
    _Kept.has_listener = staticmethod(has_listener)


def has_listener(store_id: int | None) -> bool:
    """Whether a reply of this store (None: the central queue) on a social network would be fetched."""
    return _Kept.has_listener(store_id)
