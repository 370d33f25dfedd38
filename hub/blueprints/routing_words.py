"""The re-route rate in the reader's words: shares with their interval, by source and by store."""

from flask_babel import gettext

from hub.blueprints.statistics_words import share
from hub.statistics.rerouting import Routed
from hub.statistics.rules import FEW_WAITS


def rate(found: Routed) -> str:
    return share(found.interval.value if found.interval else None)


def rate_text(found: Routed) -> str:
    """`4 % (2 % to 7 %)`, marked indicative under 30 tickets."""
    if found.interval is None:
        return "–"
    text = gettext(
        "%(share)s (%(low)s to %(high)s)",
        share=share(found.interval.value),
        low=share(found.interval.low),
        high=share(found.interval.high),
    )
    return " · ".join([text, gettext("indicative")]) if found.count < FEW_WAITS else str(text)
