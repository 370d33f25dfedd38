"""The work of the house by its kind, in words: how much is due and since when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from hub.core import loose_files
from hub.core.facts import get_queue
from hub.core.text import N_
from hub.customers import property_leaving as properties
from hub.customers.imports import working as imports
from hub.identity import activity, erasing, pairing, retention, upkeep
from hub.inbox import vocabulary
from hub.inbox.actions import chat_leaving as chats
from hub.inbox.actions import fetching, suggestions, unattended
from hub.inbox.actions import reason_learning as learning
from hub.inbox.actions import recordings as calls
from hub.inbox.actions import returning as later
from hub.inbox.actions import working as tickets
from hub.knowledge import indexing, reviewing
from hub.mailroom import polling as mailboxes
from hub.mailroom.queries import get_waiting
from hub.orders.behaviour import tidying as visits
from hub.orders.till_files import working as till_files
from hub.outbox import promo_codes, pushing, reconciling, tidying
from hub.outbox.blocked import list_queues
from hub.plans.moving import working as plan_moves
from hub.plans.occurring import scanning
from hub.plans.queries import get_due
from hub.plans.replay import working as replays
from hub.plans.results import keeping as plan_results
from hub.questionnaires import working as questionnaires
from hub.questionnaires.results import counting as questionnaire_counts
from hub.questionnaires.results import keeping as questionnaire_ways
from hub.questionnaires.sending import working as questionnaire_waves
from hub.segments.saved import working as segments
from hub.segments.values import working as values
from hub.signups import expiring as optins
from hub.statistics.alerts import working as figure_alerts
from hub.statistics.base import working as base
from hub.statistics.columns import working as statistics
from hub.statistics.digest import working as digests
from hub.statistics.exports import working as figure_exports
from hub.surveys import actions as surveys
from hub.surveys import domains
from hub.takeover import working as takeovers
from hub.webhooks import working as webhooks

NAMES = {
    "facts": N_("Reactions to what happened"),
    "plans": N_("Steps of plans"),
    "plan_moves": N_("People moved to another version of a plan, or let out of one that is off"),
    "plan_scans": N_("Silences, birthdays and baskets to look for"),
    "plan_results": N_("Results of large plans"),
    "replays": N_("Replays of plans on the past"),
    "arrivals": N_("Inbound mail to sort"),
    "mailboxes": N_("Mailboxes to poll"),
    "tickets": N_("Deadlines of tickets"),
    "later": N_("Snoozes and replies sent later"),
    "alerts": N_("Stores nobody looks after"),
    "pushes": N_("Alerts to browsers"),
    "words": N_("Words for the search"),
    "promo_codes": N_("Promo codes to settle"),
    "optins": N_("Confirmations that ran out"),
    "calls": N_("Phone calls to look at"),
    "chats": N_("Visitors of the chat who left"),
    "pictures": N_("Pictures of texts to fetch"),
    "surveys": N_("Clicks to judge"),
    "questionnaire_invitations": N_("Invitations to questionnaires, and reminders"),
    "questionnaire_counts": N_("Answers of questionnaires to count"),
    "questionnaire_ways": N_("Sendings of large questionnaires to count"),
    "survey_domains": N_("Mail filters to learn"),
    "suggestions": N_("Reasons to suggest"),
    "reason_models": N_("Training of suggested reasons"),
    "receipts": N_("Reports of mail providers"),
    "loose_files": N_("Files that belong to nothing"),
    "phones": N_("Phone messages to ask about"),
    "imports": N_("Imports of contacts"),
    "duplicates": N_("Customers to compare"),
    "segments": N_("Segments to count, files of members"),
    "values": N_("Stages, scores and values of customers"),
    "properties": N_("Properties to forget"),
    "erasures": N_("Erasures of customers"),
    "activity": N_("Last signs of life"),
    "retention": N_("Terms of retention"),
    "quality": N_("Audit of the base and archive"),
    "digests": N_("Digests to make"),
    "statistics": N_("Days of statistics to gather"),
    "base": N_("Nightly count of the base"),
    "figure_exports": N_("Nightly files of figures"),
    "figure_alerts": N_("Alert rules to look at"),
    "takeovers": N_("Takeovers"),
    "till_files": N_("Files of the tills"),
    "visits": N_("Visits kept long enough"),
    "article_reviews": N_("Articles to be read again"),
    "article_vectors": N_("Articles whose meaning is to be worked out"),
    "link_uses": N_("Uses of open links, kept long enough"),
    "webhooks": N_("Webhooks to tell"),
    "outbox.urgent": N_("Messages: replies and orders"),
    "outbox.default": N_("Messages: service and surveys"),
    "outbox.bulk": N_("Messages: offers and newsletters"),
}

NAMES_OF_ROWS = {
    "erasures": N_("Erasure of a customer (id)"),
    "figure_alerts": N_("Alert rule (id)"),
    "digests": N_("Digest of a person of the staff (id)"),
    "figure_exports": N_("Files of figures of a night (date)"),
    "tickets": N_("Deadline or closing of ticket (id)"),
    "snoozes": N_("Snooze of ticket (id)"),
    "scheduled_replies": N_("Reply sent later (id)"),
    "chats": N_("Chat (id)"),
    "suggestions": N_("Reason to suggest for ticket (id)"),
    "alerts": N_("Alert of store (id)"),
    "questionnaire_waves": N_("Sending of a questionnaire (id)"),
}
"""Work on one row that can be put off, by its kind."""


@dataclass(frozen=True)
class WorkRow:
    """One kind of work. `count` is None where only its being due is known; `age_seconds` is in business time."""

    kind: str
    name: str
    count: int | None
    oldest_at: datetime | None
    age_seconds: float
    is_due: bool


def list_work(*, now: datetime) -> list[WorkRow]:
    """Every kind, also those with nothing to do."""
    rows = [
        _row("facts", *get_queue(), now),
        *_of_plans(now),
        _row("arrivals", *get_waiting(), now),
        _known_only("mailboxes", mailboxes.has_due(), mailboxes.next_due_at, now),
        _known_only("later", later.has_due(), later.next_due_at, now),
        _known_only("alerts", unattended.has_due(), unattended.next_due_at, now),
        _known_only("pushes", pushing.has_due(), lambda: None, now),
        _known_only("promo_codes", promo_codes.has_due(), lambda: None, now),
        _known_only("optins", optins.has_due(), optins.next_due_at, now),
        _known_only("tickets", tickets.has_due(), tickets.next_due_at, now),
        _known_only("calls", calls.has_due(), lambda: None, now),
        _known_only("chats", chats.has_due(), lambda: None, now),
        _known_only("pictures", fetching.has_due(), lambda: None, now),
        *_of_learning(now),
        *_of_surveys(now),
        *_of_questionnaires(now),
        *_of_statistics(now),
        _known_only("receipts", tidying.has_due(), lambda: None, now),
        _known_only("imports", imports.has_due(), imports.next_due_at, now),
        _known_only("till_files", till_files.has_due(), lambda: None, now),
        _known_only("visits", visits.has_due(), lambda: None, now),
        _known_only("properties", properties.has_due(), lambda: None, now),
        _known_only("erasures", erasing.has_due(), lambda: None, now),
        _known_only("activity", activity.has_due(), lambda: None, now),
        _known_only("retention", retention.has_due(), lambda: None, now),
        _known_only("quality", upkeep.has_due(), upkeep.next_due_at, now),
        _known_only("duplicates", pairing.has_due(), lambda: None, now),
        _known_only("segments", segments.has_due(), lambda: None, now),
        _known_only("values", values.has_due(), values.next_due_at, now),
        _known_only("takeovers", takeovers.has_due(), lambda: None, now),
        _known_only("webhooks", webhooks.has_due(), lambda: None, now),
        _known_only("loose_files", loose_files.has_due(), lambda: None, now),
        _known_only("phones", reconciling.has_due(), reconciling.next_due_at, now),
    ]
    queues = list_queues(now=now)
    return rows + [_row(f"outbox.{each.queue}", each.count, each.oldest_due_at, now) for each in queues]


def _of_statistics(now: datetime) -> list[WorkRow]:
    return [
        _known_only("statistics", statistics.has_due(), lambda: None, now),
        _known_only("base", base.has_due(), lambda: None, now),
        _known_only(figure_exports.KIND, figure_exports.has_due(), figure_exports.find_due_since, now),
        _known_only(figure_alerts.KIND, figure_alerts.has_due(), figure_alerts.next_due_at, now),
        _known_only(digests.KIND, digests.has_due(), digests.next_due_at, now),
    ]


def _of_questionnaires(now: datetime) -> list[WorkRow]:
    return [
        _known_only(
            "questionnaire_invitations", questionnaire_waves.has_due(), questionnaire_waves.next_due_at, now
        ),
        _known_only("questionnaire_counts", questionnaire_counts.has_due(), lambda: None, now),
        _known_only("questionnaire_ways", questionnaire_ways.has_due(), lambda: None, now),
        _known_only("link_uses", questionnaires.has_due(), lambda: None, now),
    ]


def _of_learning(now: datetime) -> list[WorkRow]:
    return [
        _known_only("words", vocabulary.has_due(), vocabulary.next_due_at, now),
        _known_only("suggestions", suggestions.has_due(), lambda: None, now),
        _known_only("reason_models", learning.has_due(), lambda: None, now),
        _known_only(reviewing.KIND, reviewing.has_due(), reviewing.next_due_at, now),
        _known_only(indexing.BELL, indexing.has_due(), lambda: None, now),
    ]


def _of_surveys(now: datetime) -> list[WorkRow]:
    return [
        _known_only("surveys", surveys.has_due(), surveys.next_due_at, now),
        _known_only("survey_domains", domains.has_due(), lambda: None, now),
    ]


def _of_plans(now: datetime) -> list[WorkRow]:
    return [
        _row("plans", *get_due(now=now), now),
        _known_only("plan_moves", plan_moves.has_due(), lambda: None, now),
        _known_only("plan_scans", scanning.has_due(), scanning.next_due_at, now),
        _known_only("plan_results", plan_results.has_due(), lambda: None, now),
        _known_only("replays", replays.has_due(), lambda: None, now),
    ]


def _row(kind: str, count: int, oldest_at: datetime | None, now: datetime) -> WorkRow:
    due_at = oldest_at if count and oldest_at is not None and oldest_at <= now else None
    return WorkRow(kind, gettext(NAMES[kind]), count, due_at, _age(due_at, now), count > 0)


def _known_only(
    kind: str, is_due: bool, find_oldest: Callable[[], datetime | None], now: datetime
) -> WorkRow:
    oldest_at = find_oldest() if is_due else None
    due_at = oldest_at if oldest_at is not None and oldest_at <= now else None
    return WorkRow(kind, gettext(NAMES[kind]), None, due_at, _age(due_at, now), is_due)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
