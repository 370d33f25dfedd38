"""Words of tracking: who clicked, why we think so, what opened a mail, and the chain's choice about openings."""

from enum import StrEnum


class OpenPolicy(StrEnum):
    """Whose openings are measured one by one; the others are counted per template and day only, or not at all."""

    CONSENTED = "consented"
    OFF = "off"
    ALL = "all"


class Visitor(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"


class Sign(StrEnum):
    """What made us call a click a machine's; NONE when nothing did."""

    NONE = "none"
    HEAD = "head"
    TOO_EARLY = "too_early"
    AGENT = "agent"
    NETWORK = "network"
    ALL_LINKS = "all_links"
    SAME_SOURCE = "same_source"


class Opener(StrEnum):
    """What asked for the pixel: a mail program, or the proxy of a mailbox provider that loads pictures unread."""

    PROGRAM = "program"
    APPLE = "apple"
    GMAIL = "gmail"
    YAHOO = "yahoo"
    MACHINE = "machine"
