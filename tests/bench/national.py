"""The national questionnaire from building to report: 20 questions, 61 stores, 15,000 invitations, through the rooms' own actions and jobs.

Built from the template and published, sent to a segment, every letter rendered and handed to a mail server, answered page
by page, reminded after a week, counted and read as a report; counts are checked against the answers at the end.
`.venv/bin/python -m tests.bench.national [people]` prints JSON lines; with 15,000 some minutes, most of them answering.
"""

import json
import multiprocessing
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.app import create_app
from hub.channels.email import SmtpSettings
from hub.channels.registry import ChannelSettings
from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.words import Channel
from hub.demo import founding, shopping
from hub.demo.national.opinions import Opinion, fill_page, form_opinion
from hub.demo.national.taking import LEAVES, LEAVES_ELSE
from hub.outbox import sending, wires
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState, SendQueue
from hub.questionnaires.drafts.actions import create_questionnaire
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.links import Ticket, invitation_token
from hub.questionnaires.models import QuestionnaireInvitation
from hub.questionnaires.publishing import publish
from hub.questionnaires.responding.queries import get_page
from hub.questionnaires.results.counting import work_counts
from hub.questionnaires.results.following import response_rates
from hub.questionnaires.results.queries import get_head, get_results, list_places
from hub.questionnaires.results.recounting import recount
from hub.questionnaires.results.rows import Asked, Results
from hub.questionnaires.sending.actions import foresee, plan_wave
from hub.questionnaires.sending.queries import find_wave
from hub.questionnaires.sending.working import work_invitations
from hub.questionnaires.words import ResponseState
from hub.reactions.drain import work_facts
from hub.segments.saved.actions import save_segment
from hub.segments.saved.loading import open_tree
from hub.segments.saved.rows import Draft
from hub.segments.words import SegmentKind
from hub.staff.models import Agent
from hub.staff.words import Role
from tests.bench.mail_in import _config
from tests.bench.sending import _open_sink, _Pipelining
from tests.conftest import TUESDAY
from tests.makers.questionnaires import send_page, start
from tests.makers.staff import log_in

PEOPLE = 15_000
AT_ONCE, LATER = 0.14, 0.10
REMINDED_AFTER = 7
CHANNELS = (Channel.EMAIL,)
EVERYBODY = {"field": "customer.postcode", "test": "begins_with", "value": list("0123456789")}


@dataclass
class Run:
    """The clock, and what each part took."""

    people: int
    now: datetime = TUESDAY
    random: Random = field(default_factory=lambda: Random(61))

    def tell(self, name: str, value: float, unit: str) -> None:
        line = {"name": f"national.{self.people}.{name}", "value": round(value, 3), "unit": unit}
        machine = f"{multiprocessing.cpu_count()} cores, {platform.machine()}"
        print(json.dumps({**line, "machine": machine}), flush=True)

    def timed(self, name: str, unit: str, work: Callable[[], int]) -> int:
        """How many a second `work` did of what it counts."""
        began = time.perf_counter()
        count = work()
        self.tell(name, count / (time.perf_counter() - began), unit)
        return count


def found(run: Run) -> int:
    """61 stores, the staff, the people, and a segment of all of them."""
    with transaction():
        founding.found_chain(now=TUESDAY - timedelta(days=700), reply_domain="hub.example")
        founding.hire(now=TUESDAY - timedelta(days=700), random=run.random)
        publish_builtin_templates(now=TUESDAY)
        shopping.make_customers(run.people, now=TUESDAY, random=run.random)
        root = open_tree({"version": 1, "root": {"match": "all", "parts": [EVERYBODY]}})
        return save_segment(Draft("Tous", "", SegmentKind.LIVE, root), by=SYSTEM, now=TUESDAY)


def build() -> int:
    with transaction():
        made = create_questionnaire(
            name="Enquête nationale", document=TEMPLATES[Template.YEARLY][1], by=SYSTEM, now=TUESDAY
        )
        publish(made, by=SYSTEM, now=TUESDAY)
    return made


def work_through(work: Callable[[Callable[[], None]], int]) -> int:
    count = 0
    while done := work(lambda: None):
        count += done
    return count


def send_letters() -> int:
    before = _count_left()
    for queue in SendQueue:
        while sending.work_outbox(queue, lambda: None):
            pass
    return _count_left() - before


def _count_left() -> int:
    with transaction() as session:
        left = select(func.count()).where(OutboundMessage.state == MessageState.ACCEPTED)
        return session.scalar(left) or 0


def answer_some(run: Run, share: float) -> int:
    """A share of those who have not answered; how many pages were sent."""
    with transaction() as session:
        open_ones = session.execute(
            select(
                QuestionnaireInvitation.id, QuestionnaireInvitation.store_id, QuestionnaireInvitation.language
            )
            .where(
                QuestionnaireInvitation.has_answered.is_(False),
                QuestionnaireInvitation.delivered_at.is_not(None),
            )
            .order_by(QuestionnaireInvitation.id)
        ).all()
    return sum(
        _answer(run, invitation_token(row.id), form_opinion(row.store_id or 1, row.language, 0.0, run.random))
        for row in open_ones
        if run.random.random() < share
    )  # fmt: skip


def _answer(run: Run, token: str, opinion: Opinion) -> int:
    with transaction():
        ticket = start(token, now=run.now)
    pages = 1
    while _send_page(run, ticket, opinion):
        pages += 1
    return pages


def _send_page(run: Run, ticket: Ticket, opinion: Opinion) -> bool:
    """Whether there is another one; some close the window here."""
    with transaction():
        page = get_page(ticket, now=run.now)
        here = page.way.find(page.page_key)
        if page.state is not ResponseState.PARTIAL or here is None:
            return False
        if run.random.random() < LEAVES.get(here.key, LEAVES_ELSE):
            return False
        form = fill_page(here, opinion, run.random)
        saved = send_page(ticket, here.key, form, now=run.now)
        if saved.errors:
            raise ValueError(dict(saved.errors))
    return True


def read_report(run: Run, client: FlaskClient, questionnaire: int) -> Results:
    """The page as a marketer opens it, and what it is made of."""
    with transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.role == Role.MARKETER).limit(1)).one()
    log_in(client, agent)
    for name, url in (("results_page_ms", "results"), ("invitations_page_ms", "invitations")):
        address = f"/questionnaires/{questionnaire}/{url}"
        client.get(address)
        began = time.perf_counter()
        if client.get(address).status_code != 200:
            raise RuntimeError(f"{address} does not open")
        run.tell(name, 1000 * (time.perf_counter() - began), "ms")
    return get_results(get_head(questionnaire), Asked(), places=list_places(), now=run.now)


def tell_report(run: Run, questionnaire: int, wave_id: int, results: Results) -> None:
    wave = find_wave(wave_id)
    [cohort] = response_rates(questionnaire, now=run.now)
    rate, weighted = cohort.rate, results.weighted
    if rate is None or weighted is None or results.headline is None or results.headline.figure is None:
        raise RuntimeError("The report has no figures.")
    run.tell("questions", len(results.questions), "questions")
    run.tell("stores", len(results.stores), "stores")
    run.tell("reminded", wave.reminded_count, "people")
    run.tell("answered", results.complete, "responses")
    run.tell("response_rate", rate.value, f"share ({rate.low:.3f} to {rate.high:.3f})")
    run.tell("csat", results.headline.figure.interval.value, "share")
    run.tell("csat_weighted_by_delivered", weighted.interval.value, "share")


def go(run: Run, client: FlaskClient) -> None:
    segment = found(run)
    questionnaire = build()
    with transaction():
        foreseen = foresee(questionnaire, segment_id=segment, channels=CHANNELS, now=run.now)
        run.tell("foreseen", foreseen.invited, "people")
        wave_id = plan_wave(
            questionnaire,
            segment_id=segment,
            channels=CHANNELS,
            starts_at=run.now,
            reminds_after_days=REMINDED_AFTER,
            by=SYSTEM,
            now=run.now,
        )

    def invite() -> int:
        work_through(work_invitations)
        return find_wave(wave_id).invited_count

    run.timed("invited", "invitations/s", invite)
    run.timed("letters", "letters/s", send_letters)
    run.timed("facts", "facts/s", lambda: work_through(work_facts))
    run.timed("pages", "pages answered/s", lambda: answer_some(run, AT_ONCE))
    run.now += timedelta(days=REMINDED_AFTER)
    work_through(work_invitations)
    run.timed("reminders", "letters/s", send_letters)
    work_through(work_facts)
    run.timed("pages_after_reminder", "pages answered/s", lambda: answer_some(run, LATER))
    run.timed("counted", "responses/s", lambda: work_through(work_counts))
    tell_report(run, questionnaire, wave_id, read_report(run, client, questionnaire))
    with transaction():
        run.tell("wrong_counts", len(recount(is_check=True).wrong), "cells")


def main(people: int) -> None:
    run = Run(people)
    app = create_app(_config("_national"))
    clock.use(movable=False, fixed=lambda: run.now)
    sink, port = _open_sink(_Pipelining())
    wires.use_transports(ChannelSettings(smtp=SmtpSettings("127.0.0.1", port, local_hostname="localhost")))
    with app.app_context():
        began = time.perf_counter()
        go(run, app.test_client())
        run.tell("whole", time.perf_counter() - began, "s")
        db.session.remove()
        db.engine.dispose()
    sink.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
