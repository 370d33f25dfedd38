"""Where a reply goes, or why it cannot, in the reader's words."""

from typing import Any

from flask_babel import gettext

from hub.blueprints.inbox.words import channel_words
from hub.core.words import Channel
from hub.inbox.reply_ways import ReplyWay


def way_words(way: ReplyWay, *, is_readable: bool) -> dict[str, Any]:
    """`can_reply`, the sentence below the box, and the sentence instead of it; `is_readable`: a chat is open."""
    can_reply = way.can_reply or is_readable
    return {
        "can_reply": can_reply,
        "can_attach": way.channel in {Channel.EMAIL, Channel.SOCIAL},
        "hint": _hint(way) if way.can_reply else "",
        "why_not": "" if can_reply else _why_not(way),
    }


def _hint(way: ReplyWay) -> str:
    if way.channel is Channel.EMAIL:
        words = gettext("Goes to %(address)s. The greeting and the signature are added.", address=way.address)
        return str(words)
    if way.channel is Channel.SOCIAL:
        return gettext("Goes as it is written to the bridge, which delivers it on the social network.")
    return gettext(
        "Goes to %(address)s by %(channel)s, as it is written.",
        address=way.address,
        channel=channel_words(way.channel),
    )


def _why_not(way: ReplyWay) -> str:
    if way.channel is Channel.SOCIAL:
        return gettext(
            "No bridge to this social network is set up, so nobody would carry a reply: please call, and note the "
            "call, or ask an administrator to set up the webhook “A reply is to be delivered on a social network”."
        )
    return gettext("No mail address is known: please call, and note the call.")
