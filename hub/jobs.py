"""Every background job: a kind of work, its queue, how to do a batch of it, and whether any is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import sleep

import structlog
from sqlalchemy.exc import OperationalError

from hub.core import bell, clock, loose_files
from hub.core.db import db
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
from hub.mailroom import working as arrivals
from hub.orders.behaviour import tidying as visits
from hub.orders.till_files import working as till_files
from hub.outbox import promo_codes, pushing, reconciling, sending, tidying
from hub.outbox.words import SendQueue
from hub.plans import engine
from hub.plans.moving import working as plan_moves
from hub.plans.occurring import scanning
from hub.plans.replay import working as replays
from hub.plans.results import keeping as plan_results
from hub.questionnaires import working as questionnaires
from hub.questionnaires.results import counting as questionnaire_counts
from hub.questionnaires.results import keeping as questionnaire_ways
from hub.questionnaires.sending import working as questionnaire_waves
from hub.reactions import drain as reactions
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

log = structlog.get_logger(__name__)
DRAIN_SECONDS = 10
FEW = 20  # rows that are not worth a batch of their own while more are coming
URGENT = SendQueue.URGENT.value
REPLIES = f"outbox.{URGENT}"


@dataclass(frozen=True)
class Job:
    """`work(wake)` does one batch and returns how many rows it handled; it calls `wake()` when the batch is full.

    `has_due()` tells the sweep that a row waits; `next_due_at()` tells the demo's clock where to stop next. Where a
    batch costs much more than its rows, a worker rests after few of them, and finds more at once. `is_watching`: it
    looks at what other work changes, so the demo's clock stops for it only when there was some since.
    """

    kind: str
    queue: str
    work: Callable[[Callable[[], None]], int]
    has_due: Callable[[], bool]
    next_due_at: Callable[[], datetime | None]
    rest_seconds: float = 0.0
    is_watching: bool = False


def _nothing_planned() -> datetime | None:
    return None


def _outbox(queue: SendQueue) -> Job:
    return Job(
        f"outbox.{queue}",
        queue.value,
        partial(sending.work_outbox, queue),
        partial(sending.has_due, queue),
        partial(sending.next_due_at, queue),
    )


JOBS: dict[str, Job] = {
    job.kind: job
    for job in (
        Job("facts", "urgent", reactions.work_facts, reactions.has_due, _nothing_planned),
        Job("plans", "default", engine.work_plans, engine.has_due, engine.next_due_at),
        Job("plan_moves", "default", plan_moves.work_moves, plan_moves.has_due, _nothing_planned),
        Job("plan_scans", "default", scanning.work_scans, scanning.has_due, scanning.next_due_at),
        Job("plan_results", "bulk", plan_results.work_results, plan_results.has_due, _nothing_planned),
        Job("replays", "bulk", replays.work_replays, replays.has_due, _nothing_planned),
        Job("arrivals", "default", arrivals.work_arrivals, arrivals.has_due, arrivals.next_due_at, 0.1),
        Job("mailboxes", "default", mailboxes.work_mailboxes, mailboxes.has_due, mailboxes.next_due_at),
        Job("tickets", "default", tickets.work_tickets, tickets.has_due, tickets.next_due_at),
        Job("later", "default", later.work_later, later.has_due, later.next_due_at),
        Job("pictures", "default", fetching.work_pictures, fetching.has_due, _nothing_planned),
        Job("calls", "default", calls.work_calls, calls.has_due, _nothing_planned),
        Job("chats", "default", chats.work_chats, chats.has_due, _nothing_planned),
        Job("alerts", "default", unattended.work_alerts, unattended.has_due, unattended.next_due_at),
        Job("pushes", "default", pushing.work_pushes, pushing.has_due, _nothing_planned),
        Job(
            "suggestions", "default", suggestions.work_suggestions, suggestions.has_due, _nothing_planned, 0.1
        ),
        Job("reason_models", "bulk", learning.work_reason_models, learning.has_due, _nothing_planned),
        Job("words", "bulk", vocabulary.work_words, vocabulary.has_due, vocabulary.next_due_at),
        Job("surveys", "bulk", surveys.work_surveys, surveys.has_due, surveys.next_due_at),
        Job(
            "questionnaire_invitations",
            "default",
            questionnaire_waves.work_invitations,
            questionnaire_waves.has_due,
            questionnaire_waves.next_due_at,
        ),
        Job(
            "questionnaire_counts",
            "bulk",
            questionnaire_counts.work_counts,
            questionnaire_counts.has_due,
            _nothing_planned,
            0.1,
        ),
        Job(
            "questionnaire_ways",
            "bulk",
            questionnaire_ways.work_ways,
            questionnaire_ways.has_due,
            _nothing_planned,
        ),
        Job("survey_domains", "bulk", domains.work_domains, domains.has_due, _nothing_planned),
        Job("promo_codes", "bulk", promo_codes.work_promo_codes, promo_codes.has_due, _nothing_planned),
        Job("receipts", "bulk", tidying.work_receipts, tidying.has_due, _nothing_planned),
        Job("loose_files", "bulk", loose_files.work_loose_files, loose_files.has_due, _nothing_planned),
        Job("phones", "default", reconciling.work_phones, reconciling.has_due, reconciling.next_due_at),
        Job("optins", "bulk", optins.work_optins, optins.has_due, optins.next_due_at),
        Job("imports", "bulk", imports.work_imports, imports.has_due, imports.next_due_at),
        Job("properties", "bulk", properties.work_properties, properties.has_due, _nothing_planned),
        Job("visits", "bulk", visits.work_visits, visits.has_due, _nothing_planned),
        Job("link_uses", "bulk", questionnaires.work_link_uses, questionnaires.has_due, _nothing_planned),
        Job(reviewing.KIND, "bulk", reviewing.work_reviews, reviewing.has_due, reviewing.next_due_at),
        Job(indexing.BELL, "bulk", indexing.work_vectors, indexing.has_due, _nothing_planned),
        Job("till_files", "bulk", till_files.work_till_files, till_files.has_due, _nothing_planned),
        Job("erasures", "bulk", erasing.work_erasures, erasing.has_due, _nothing_planned),
        Job("activity", "bulk", activity.work_activity, activity.has_due, _nothing_planned),
        Job("retention", "bulk", retention.work_retention, retention.has_due, _nothing_planned),
        Job("quality", "bulk", upkeep.work_quality, upkeep.has_due, upkeep.next_due_at),
        Job("duplicates", "bulk", pairing.work_duplicates, pairing.has_due, _nothing_planned),
        Job("segments", "bulk", segments.work_segments, segments.has_due, _nothing_planned),
        Job("values", "bulk", values.work_values, values.has_due, values.next_due_at),
        Job(
            figure_alerts.KIND,
            "default",
            figure_alerts.work_figure_alerts,
            figure_alerts.has_due,
            figure_alerts.next_due_at,
            is_watching=True,
        ),
        Job(digests.KIND, "bulk", digests.work_digests, digests.has_due, digests.next_due_at),
        Job("statistics", "default", statistics.work_statistics, statistics.has_due, _nothing_planned, 0.1),
        Job("base", "bulk", base.work_base, base.has_due, _nothing_planned),
        Job(
            figure_exports.KIND,
            "bulk",
            figure_exports.work_figure_exports,
            figure_exports.has_due,
            _nothing_planned,
        ),
        Job("takeovers", "bulk", takeovers.work_takeovers, takeovers.has_due, _nothing_planned),
        Job("webhooks", "bulk", webhooks.work_webhooks, webhooks.has_due, _nothing_planned),
        *(_outbox(queue) for queue in SendQueue),
    )
}
QUEUE_OF = {job.kind: job.queue for job in JOBS.values()}


def drain(kind: str) -> None:
    """The RQ job: do batches of one kind until nothing is due, or for ten seconds and then ring again.

    A reply that was rung for meanwhile goes first: what is not urgent steps aside at the end of a batch. The mark is
    removed before the first look, so that a row committed from now on rings again.
    """
    job = JOBS[kind]
    bell.remove_mark(kind)
    stop_at = clock.machine_now() + timedelta(seconds=DRAIN_SECONDS)
    try:
        while handled := job.work(lambda: bell.ring(kind)):
            if clock.machine_now() >= stop_at or (job.queue != URGENT and bell.is_rung(REPLIES)):
                bell.ring(kind)
                return
            if handled < FEW:
                sleep(job.rest_seconds)
    finally:
        db.session.remove()


def sweep() -> list[str]:
    """Ring again for each kind with a due row; whoever set the mark may have died. Returns the kinds.

    A kind that cannot even be looked at is rung for too: its drain says what is wrong, and the others go on.
    """
    due = [job.kind for job in JOBS.values() if _is_due(job)]
    db.session.remove()
    for kind in due:
        bell.ring_anew(kind)
    return due


def _is_due(job: Job) -> bool:
    """A database that does not answer is raised: then no kind can be looked at."""
    try:
        return job.has_due()
    except OperationalError:
        raise
    except Exception:
        log.exception("sweep.failed", kind=job.kind)
        db.session.rollback()
        return True
