"""What columns and keywords of a customer's export are called: the words of the hub's own pages where these have some."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from hub.blueprints import customer_words, message_names, plan_words, review_words, score_words
from hub.blueprints.call_words import outcome_words
from hub.blueprints.contact.preference_page import reason_words as leaving_words
from hub.blueprints.customer_messages import attempt_words
from hub.blueprints.customer_timeline import KINDS
from hub.blueprints.duplicates import words as duplicates
from hub.blueprints.imports import words as imports
from hub.blueprints.inbox import gestures
from hub.blueprints.inbox import words as inbox
from hub.blueprints.loyalty.base import verdict_words
from hub.blueprints.plan_condition_words import exit_words
from hub.blueprints.privacy import words as privacy
from hub.blueprints.privacy.export_columns import COLUMNS, is_reference
from hub.blueprints.privacy.export_moments import MOMENTS
from hub.blueprints.privacy.export_values import VALUES
from hub.blueprints.segments.base import NAMED, PAGES
from hub.blueprints.settings import webhook_words
from hub.blueprints.signups.entries import state_words as entry_words
from hub.blueprints.surveys import words as surveys
from hub.blueprints.why_words import why_words
from hub.core.words import Channel, Language, Purpose
from hub.customers.duplicates.words import PairState
from hub.customers.imports.words import RowOutcome, RowReason, UndoOutcome
from hub.customers.words import ConsentAction, LeavingReason, LegalBasis, SuppressionReason, Title
from hub.identity.privacy_words import RequestKind, RequestState
from hub.inbox.words import CallOutcome, GestureKind, GestureState, Priority, RouteSource, TicketState
from hub.loyalty.words import RedemptionVerdict
from hub.orders.behaviour.words import PageKind
from hub.orders.words import OrderState
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState, ReceiptKind
from hub.plans.words import ExitReason, Wait
from hub.reviews.words import RefusalReason, ReviewState
from hub.segments.values.words import RfmSegment, Stage
from hub.signups.words import EntryState
from hub.surveys.whys.words import WhyReason
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchReason
from hub.webhooks.words import WebhookEvent, WebhookState

KINDS_OF_VALUES: Mapping[type[StrEnum], Callable[[Any], str]] = {
    Channel: inbox.channel_words,
    Purpose: message_names.purpose_words,
    Language: customer_words.language_words,
    PairState: duplicates.state_words,
    RowOutcome: lambda value: imports.outcome_words(value)[0],
    RowReason: imports.reason_words,
    UndoOutcome: imports.undo_words,
    ConsentAction: customer_words.action_words,
    LegalBasis: customer_words.basis_words,
    LeavingReason: lambda value: leaving_words()[value],
    SuppressionReason: customer_words.suppressed_words,
    Title: customer_words.title_words,
    RequestKind: privacy.kind_words,
    RequestState: lambda value: privacy.state_words(value)[0],
    GestureKind: gestures.kind_words,
    GestureState: gestures.state_words,
    CallOutcome: outcome_words,
    RouteSource: inbox.source_words,
    TicketState: inbox.state_words,
    Priority: inbox.priority_words,
    RedemptionVerdict: lambda value: verdict_words(value)[0],
    PageKind: lambda value: gettext(PAGES[value]),
    OrderState: lambda value: customer_words.state_words(value)[0],
    AttemptOutcome: lambda value: attempt_words(value)[0],
    ReceiptKind: lambda value: attempt_words(value)[0],
    BlockReason: customer_words.block_words,
    MessageState: lambda value: customer_words.sent_words(value)[0],
    ExitReason: exit_words,
    Wait: plan_words.wait_words,
    Stage: lambda value: score_words.stage_words(value)[0],
    RfmSegment: lambda value: gettext(NAMED[value]),
    EntryState: lambda value: entry_words()[value][0],
    ReviewState: review_words.state_words,
    RefusalReason: review_words.reason_words,
    TouchLabel: surveys.label_words,
    TouchReason: surveys.reason_words,
    AnswerState: surveys.answer_words,
    Choice: lambda value: customer_words.choice_words(value)[0],
    WhyReason: why_words,
    WebhookState: lambda value: gettext(webhook_words.STATES[value][0]),
    WebhookEvent: lambda value: gettext(webhook_words.EVENTS[value]),
}
KEPT_AS_TEXT: Mapping[tuple[str, str], type[StrEnum]] = {
    ("customer_score_changes", "from_stage"): Stage,
    ("customer_score_changes", "to_stage"): Stage,
    ("customer_score_changes", "from_segment"): RfmSegment,
    ("customer_score_changes", "to_segment"): RfmSegment,
    ("webhook_deliveries", "event"): WebhookEvent,
    ("touches", "choice"): Choice,
}


def column_words(name: str) -> str:
    """A column, or a key inside one. Those of the chain's own fields are as the chain wrote them."""
    known = COLUMNS.get(name) or MOMENTS.get(name)
    if known:
        return gettext(known)
    return gettext("References") if is_reference(name) else name.replace("_", " ")


def code_words(value: str) -> str:
    """A keyword of the software; one without words as it is."""
    return gettext(VALUES[value]) if value in VALUES else value


CODES: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("facts", "kind"): lambda kind: gettext(KINDS[kind][0]) if kind in KINDS else kind,
    ("import_findings", "kind"): imports.kind_words,
    ("import_findings", "field"): imports.field_words,
    ("quality_changes", "field"): imports.field_words,
    ("audit_entries", "action"): code_words,
    ("audit_entries", "subject_kind"): code_words,
    ("holds", "source_kind"): code_words,
    ("outbound_messages", "source_kind"): code_words,
    ("tickets", "source_kind"): code_words,
    ("link_clicks", "method"): code_words,
    ("step_runs", "step_key"): plan_words.step_words,
    ("enrolments", "step_key"): plan_words.step_words,
    ("customer_merge_notes", "table_name"): privacy.table_words,
}


def keyword_words(kind: type[StrEnum], value: str) -> str:
    """One member of a closed list; what is no member of it is said as it stands."""
    if value not in set(kind):
        return value
    return KINDS_OF_VALUES[kind](kind(value)) if kind in KINDS_OF_VALUES else code_words(value)
