"""What leaves and what does not, in the reader's words: reasons, caps, what DNS says of the sender."""

from flask_babel import gettext, ngettext

from hub.blueprints.customer_words import block_words, purpose_words
from hub.blueprints.inbox.words import channel_words
from hub.core.words import Channel, Purpose
from hub.outbox.blocked import REFUSED, UNKNOWN
from hub.outbox.rules import Cap
from hub.outbox.sender_rules import Fault, Finding, Result, Topic
from hub.outbox.words import BlockReason

WHYS = (*(reason.value for reason in BlockReason if reason is not BlockReason.UNDONE), REFUSED, UNKNOWN)
"""Each reason a list can be filtered by: what an agent took back was not held back."""


def why_words(why: str) -> str:
    """Why a message did not leave, or waits."""
    if why == REFUSED:
        return gettext("The provider refused it.")
    if why == UNKNOWN:
        return gettext("Nobody knows whether it left.")
    return block_words(why)


def cap_words(channel: Channel, purpose: Purpose, cap: Cap) -> str:
    """`E-mail, offers: 2 in 7 days`."""
    days = ngettext("%(num)s day", "%(num)s days", cap.days)
    return gettext(
        "%(channel)s, %(purpose)s: %(count)s in %(days)s",
        channel=channel_words(channel),
        purpose=purpose_words(purpose),
        count=cap.count,
        days=days,
    )


def topic_words(topic: Topic) -> tuple[str, str]:
    """The name of a check and what it is for."""
    return {
        Topic.SPF: (gettext("SPF"), gettext("Says which server may send for the return path of the mails.")),
        Topic.DKIM: (gettext("DKIM"), gettext("Lets the receiver check our signature on each mail.")),
        Topic.DMARC: (
            gettext("DMARC"),
            gettext("Says what becomes of mails in your name that are not yours."),
        ),
        Topic.RETURN_PATH: (
            gettext("Return path"),
            gettext("Brings bounces, replies and complaints back to this installation."),
        ),
    }[topic]


def finding_words(result: Result) -> tuple[str, str, str]:
    """The result in words, its tone and its icon."""
    return {
        Finding.RIGHT: (gettext("Found and right"), "ok", "check-circle"),
        Finding.DIFFERENT: (gettext("Found, but different"), "warn", "exclamation-triangle"),
        Finding.MISSING: (gettext("Missing"), "late", "exclamation-circle"),
        Finding.NO_ANSWER: (gettext("DNS did not answer"), "plain", "clock"),
        Finding.UNCHECKED: (gettext("Not checked"), "plain", "clock"),
        Finding.ELSEWHERE: (gettext("Not signed by us"), "plain", "information-circle"),
    }[result.finding]


def fault_words(result: Result) -> str:
    """What is different, and what to do; "" when nothing is."""
    words = {
        Fault.SEVERAL: gettext("There are several such records; receivers then trust none. Keep one."),
        Fault.ANYONE: gettext("This record lets anyone send in your name. Let it end with ~all."),
        Fault.SERVER_NOT_NAMED: gettext("The record does not name our server. Add what stands above to it."),
        Fault.OTHER_KEY: gettext(
            "Another key is published than the one we sign with. Publish the one above."
        ),
        Fault.NO_POLICY: gettext("The record has no policy. Add p=none to begin with."),
        Fault.NOT_ALIGNED: gettext(
            "Neither the return path nor the signature belongs to the domain of your sender address, so mails"
            " fail the check. Choose a sender address of the same domain, or sign with its key."
        ),
        Fault.OTHER_HOST: gettext("Bounces go to another server. Publish the record above."),
    }
    return words[result.fault] if result.fault is not None else ""
