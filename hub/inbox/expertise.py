"""Whether a group of experts knows a matter: by its reason, or by words of the message and of what was bought; pure."""

from collections.abc import Collection, Sequence

from hub.inbox.routing_rules import has_words


def knows(
    *, reason_ids: Collection[int], words: Sequence[str], asked_reasons: Collection[int], texts: Sequence[str]
) -> bool:
    """`asked_reasons`: the reason of the ticket and those above it; `texts`: message and names of the products."""
    if not set(reason_ids).isdisjoint(asked_reasons):
        return True
    return any(has_words(text, words) for text in texts)
