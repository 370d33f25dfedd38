"""The register of processing (GDPR art. 30): what this installation does with personal data, read from the installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.identity.privacy_models import ProcessingRemark
from hub.identity.retention import get_months
from hub.identity.terms import TERMS

LONGEST_REMARK = 2000


@dataclass(frozen=True)
class Activity:
    """One processing. `used` asks the database whether the installation does it; `terms` are kinds of data with a term.

    `recipients` are keys of what is configured: mail, phone, push, webhooks, shops, nobody outside without any.
    """

    key: str
    title: str
    purpose: str
    basis: str
    people: str
    data: str
    recipients: tuple[str, ...]
    terms: tuple[str, ...]
    used: str


@dataclass(frozen=True)
class Line:
    """An activity as it stands: `months` by the title of the term, 0 for a day of its own, None where the term is off."""

    activity: Activity
    recipients: tuple[str, ...]
    terms: tuple[tuple[str, int | None], ...]
    remark: str


_CONTRACT = N_("Contract (art. 6.1.b)")
_CONSENT = N_("Consent (art. 6.1.a)")
_INTEREST = N_("Legitimate interest (art. 6.1.f)")
_CUSTOMERS = N_("Customers and prospects")

ACTIVITIES: tuple[Activity, ...] = (
    Activity(
        "base",
        N_("Customer base"),
        N_("Know who a customer is on every channel, and keep the base clean"),
        _INTEREST,
        _CUSTOMERS,
        N_("Title, name, birth date, address, company, mail, phone, loyalty card, properties"),
        (),
        ("inactive_customers", "announced_erasures", "facts"),
        "SELECT EXISTS (SELECT 1 FROM customers)",
    ),
    Activity(
        "tickets",
        N_("Customer service"),
        N_("Answer what customers write, within the time promised"),
        _CONTRACT,
        N_("Customers and other people who write"),
        N_("Name, mail or phone, words of the exchange, files"),
        ("mail", "phone", "push", "webhooks"),
        ("ticket_texts", "arrivals"),
        "SELECT EXISTS (SELECT 1 FROM tickets)",
    ),
    Activity(
        "calls",
        N_("Telephone"),
        N_("Call back who rang in vain; hear voice messages"),
        _CONTRACT,
        N_("People who ring a store"),
        N_("Number, time and length of the call, recording of the message"),
        ("phone",),
        ("recordings",),
        "SELECT EXISTS (SELECT 1 FROM phone_calls)",
    ),
    Activity(
        "orders",
        N_("Orders and their follow-up"),
        N_("Show orders beside the conversation, and tell customers how they go on"),
        _CONTRACT,
        N_("Customers"),
        N_("Orders, lines, amounts, returns, store"),
        ("mail", "phone", "shops"),
        ("order_events", "message_bodies"),
        "SELECT EXISTS (SELECT 1 FROM orders)",
    ),
    Activity(
        "promotion",
        N_("Offers, newsletters and plans"),
        N_("Write to customers who agreed to it, at a measured pace"),
        _CONSENT,
        _CUSTOMERS,
        N_("Mail, phone, consents with their proof, clicks, stage and scores"),
        ("mail", "phone"),
        ("message_bodies", "provider_reports"),
        "SELECT EXISTS (SELECT 1 FROM outbound_messages WHERE purpose IN ('promotion', 'newsletter'))",
    ),
    Activity(
        "surveys",
        N_("Satisfaction surveys"),
        N_("Ask about an order, and help whoever is not satisfied"),
        _INTEREST,
        N_("Customers"),
        N_("Answer, comment, order"),
        ("mail",),
        ("survey_comments", "questionnaires_begun", "questionnaires_begun_namelessly"),
        "SELECT EXISTS (SELECT 1 FROM invitations)",
    ),
    Activity(
        "reviews",
        N_("Reviews of products"),
        N_("Publish what customers say of products they received, once it has been read"),
        _INTEREST,
        N_("Customers"),
        N_("Stars, words, photos, the name they chose, order"),
        ("mail",),
        (),
        "SELECT EXISTS (SELECT 1 FROM reviews)",
    ),
    Activity(
        "forms",
        N_("Sign-up forms and contests"),
        N_("Collect contacts with their consent; draw winners"),
        _CONSENT,
        N_("People who fill in a form"),
        N_("What they type, address of the computer, time"),
        ("mail",),
        ("form_answers",),
        "SELECT EXISTS (SELECT 1 FROM signup_forms)",
    ),
    Activity(
        "behaviour",
        N_("Visits and baskets of the shop"),
        N_("Remind of a basket; see what interests a customer"),
        _CONSENT,
        N_("Visitors of the shop who agreed to be recognised"),
        N_("Pages, products, baskets, a number drawn for the browser"),
        ("shops",),
        ("visits", "own_events"),
        "SELECT EXISTS (SELECT 1 FROM visits) OR EXISTS (SELECT 1 FROM baskets)",
    ),
    Activity(
        "security",
        N_("Security and proof"),
        N_("Know who looked at a customer and who changed what; prove consents"),
        N_("Legal obligation (art. 6.1.c, 5.2, 32)"),
        N_("Customers and people of the staff"),
        N_("Who, when, which customer, which act"),
        (),
        ("access_log", "search_words", "reader_words"),
        "SELECT true",
    ),
)
BY_KEY: Mapping[str, Activity] = {activity.key: activity for activity in ACTIVITIES}


def list_lines(recipients: Mapping[str, tuple[str, ...]]) -> list[Line]:
    """The processings this installation does, with terms as they are set. `recipients`: names of who is configured."""
    remarks = {row.key: row.remark for row in db.session.scalars(select(ProcessingRemark))}
    months, titles = get_months(), {term.key: term.title for term in TERMS}
    used = db.session.execute(
        text(" UNION ALL ".join(f"(SELECT '{a.key}' WHERE ({a.used}))" for a in ACTIVITIES))
    )
    keys = set(used.scalars())
    return [
        Line(
            activity,
            tuple(dict.fromkeys(name for kind in activity.recipients for name in recipients.get(kind, ()))),
            tuple((titles[term], months[term][0] if months[term][1] else None) for term in activity.terms),
            remarks.get(activity.key, ""),
        )
        for activity in ACTIVITIES
        if activity.key in keys
    ]


def keep_remark(key: str, remark: str, *, by: Actor, now: datetime) -> None:
    """What the administrator adds to a processing; empty takes it away. Raises NotFound, Invalid."""
    if key not in BY_KEY:
        raise NotFound(N_("This processing does not exist."))
    words = remark.strip()
    if len(words) > LONGEST_REMARK:
        raise Invalid(N_("Please shorten the remark to 2,000 characters."), field="remark")
    row = db.session.get(ProcessingRemark, key, with_for_update=True) or ProcessingRemark(key=key)
    row.remark, row.changed_at, row.changed_by_id = words, now, by.agent_id
    db.session.add(row)
    note_change("register.remarked", subject_kind="register", subject_id=None, by=by, now=now, key=key)
    db.session.flush()
