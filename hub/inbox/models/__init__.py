"""Tickets, their messages, waits, and what agents do around them: every table of the inbox."""

from hub.inbox.models.acts import ComposerFile, ScheduledReply, Tag, TicketFollower, TicketTag
from hub.inbox.models.alerts import AlertChoice, StoreAlert
from hub.inbox.models.awaited import AwaitedFile
from hub.inbox.models.chats import ChatSession
from hub.inbox.models.desk import AutomaticMail, Draft, Presence
from hub.inbox.models.desk_lists import (
    BulkRun,
    CallAttempt,
    CallTask,
    DefaultView,
    KnownWord,
    SavedView,
    WordProgress,
)
from hub.inbox.models.gestures import Gesture
from hub.inbox.models.loops import MailLoop
from hub.inbox.models.notices import Notice
from hub.inbox.models.phone_calls import PhoneCall, PhoneLine
from hub.inbox.models.ratings import TicketRating
from hub.inbox.models.routing import (
    AgentAbsence,
    AssignmentSetting,
    Expert,
    ExpertGroup,
    ExpertQuestion,
    ReasonModel,
    ReasonSuggestion,
    ReasonWords,
    RouteCorrection,
    RoutingOrder,
    RoutingRule,
    RoutingRuleVersion,
    RuleHit,
)
from hub.inbox.models.tickets import Ticket, TicketAttachment, TicketMessage, TicketParty
from hub.inbox.models.waits import ReplyTarget, ReplyWait

__all__ = [
    "AgentAbsence",
    "AlertChoice",
    "AssignmentSetting",
    "AutomaticMail",
    "AwaitedFile",
    "BulkRun",
    "CallAttempt",
    "CallTask",
    "ChatSession",
    "ComposerFile",
    "DefaultView",
    "Draft",
    "Expert",
    "ExpertGroup",
    "ExpertQuestion",
    "Gesture",
    "KnownWord",
    "MailLoop",
    "Notice",
    "PhoneCall",
    "PhoneLine",
    "Presence",
    "ReasonModel",
    "ReasonSuggestion",
    "ReasonWords",
    "ReplyTarget",
    "ReplyWait",
    "RouteCorrection",
    "RoutingOrder",
    "RoutingRule",
    "RoutingRuleVersion",
    "RuleHit",
    "SavedView",
    "ScheduledReply",
    "StoreAlert",
    "Tag",
    "Ticket",
    "TicketAttachment",
    "TicketFollower",
    "TicketMessage",
    "TicketParty",
    "TicketRating",
    "TicketTag",
    "WordProgress",
]
