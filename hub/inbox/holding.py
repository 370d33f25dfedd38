"""What the inbox holds of one customer: tickets with every word in them, calls, chats, files."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.inbox import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
TICKETS = "customer_id = ANY(:ids) OR (customer_id IS NULL AND requester_address = ANY(:addresses))"
_OF_TICKETS = f"ticket_id IN (SELECT id FROM tickets WHERE {TICKETS})"  # noqa: S608 - our own words
ELSEWHERE = f"lower(author_address) = ANY(:addresses) AND NOT coalesce({_OF_TICKETS}, false)"
"""What he wrote into the ticket of another."""
_MESSAGES = f"{_OF_TICKETS} OR lower(author_address) = ANY(:addresses)"
_OF_MESSAGES = f"message_id IN (SELECT id FROM ticket_messages WHERE {_MESSAGES})"  # noqa: S608 - our own words
_CALLS = f"customer_id = ANY(:ids) OR caller = ANY(:addresses) OR {_OF_TICKETS}"
_TASKS = f"customer_id = ANY(:ids) OR {_OF_TICKETS}"
_OF_TASKS = f"task_id IN (SELECT id FROM call_tasks WHERE {_TASKS})"  # noqa: S608 - our own words
_CODE = N_("a word of ours, for the figures")
_ONCE = N_("our own number: tells the same thing told twice")
_STAFF = "settings and words of the staff"

HOLDINGS: tuple[Holding, ...] = (
    Held(table="awaited_files", title=N_("Files to fetch"), mine=_OF_MESSAGES, is_deleted=True),
    Held(table="ticket_attachments", title=N_("Files"), mine=_OF_MESSAGES, is_deleted=True),
    Held(table="composer_files", title=N_("Files of replies not sent"), mine=_OF_TICKETS, is_deleted=True),
    Held(table="drafts", title=N_("Drafts of replies"), mine=_OF_TICKETS, is_deleted=True),
    Held(
        table="scheduled_replies",
        title=N_("Replies to be sent later"),
        mine=_OF_TICKETS,
        blank=("text", "inserted", "held_values"),
        blank_to={"state": "CASE WHEN state IN ('waiting', 'held') THEN 'cancelled' ELSE state END"},
        keep={"held_reason": _CODE},
    ),
    Held(
        table="notices",
        title=N_("Notices to the staff"),
        mine=f"{_OF_TICKETS} OR (kind = 'plan_says' AND CAST(data ->> 'customer_id' AS bigint) = ANY(:ids))",
        is_deleted=True,
    ),
    Held(
        table="ticket_parties",
        title=N_("People of tickets"),
        mine=f"{_OF_TICKETS} OR address = ANY(:addresses)",
        is_deleted=True,
    ),
    Held(
        table="expert_questions",
        title=N_("Questions to experts"),
        mine=_OF_TICKETS,
        blank=("text",),
    ),
    Held(
        table="gestures",
        title=N_("Gestures"),
        mine=_OF_TICKETS,
        blank=("text",),
        keep={"key": _ONCE, "currency": _CODE, "pool_key": _CODE, "code": N_("a code names nobody")},
    ),
    Held(table="reason_suggestions", title=N_("Suggested reasons"), mine=_OF_TICKETS, blank=("word",)),
    Held(
        table="rule_hits", title=N_("Rules that chose the store"), mine=_OF_TICKETS, keep={"changes": _CODE}
    ),
    Held(
        table="chat_sessions",
        title=N_("Chats"),
        mine=_OF_TICKETS,
        blank=("page_url", "origin"),
    ),
    Held(
        table="ticket_ratings",
        title=N_("Ratings of our help"),
        mine=f"customer_id = ANY(:ids) OR {_OF_TICKETS}",
        blank=("comment",),
        keep={"message_key": _ONCE},
    ),
    Held(table="call_attempts", title=N_("Calls tried"), mine=_OF_TASKS, blank=("note",)),
    Held(table="call_tasks", title=N_("Calls to make"), mine=_TASKS, blank=("script",)),
    Held(
        table="phone_calls",
        title=N_("Calls"),
        mine=_CALLS,
        blank=("caller", "recording_sid", "file_sha256"),
        blank_to={"recording_state": "CASE WHEN recording_state IS NULL THEN NULL ELSE 'lost' END"},
        keep={
            "sid": N_("the provider's number, which its callbacks quote"),
            "called": N_("the store's number"),
        },
    ),
    Held(
        table="automatic_mails",
        title=N_("Automatic replies"),
        mine=f"address = ANY(:addresses) OR {_OF_TICKETS}",
        is_deleted=True,
    ),
    Held(
        table="mail_loops",
        title=N_("Mails held back as a loop"),
        mine=f"address = ANY(:addresses) OR {_OF_TICKETS}",
        is_deleted=True,
    ),
    Held(
        table="ticket_messages",
        title=N_("Messages of tickets"),
        mine=_MESSAGES,
        blank=(
            "author_name",
            "author_address",
            "subject",
            "text",
            "quoted_text",
            "html",
            "mail_message_id",
            "inserted",
        ),
        keep={"key": _ONCE},
    ),
    Held(
        table="reply_waits",
        title=N_("Waits for a reply"),
        mine=_OF_TICKETS,
    ),
    Held(table="route_corrections", title=N_("Stores corrected"), mine=_OF_TICKETS),
    Held(table="ticket_tags", title=N_("Tags"), mine=_OF_TICKETS),
    Held(
        table="tickets",
        title=N_("Tickets"),
        mine=TICKETS,
        blank=("requester_name", "requester_address", "subject", "preview", "route_detail", "search"),
        keep={
            "number": N_("our own number"),
            "our_address": N_("our own address"),
            "source_kind": _CODE,
        },
        hidden=("search",),
    ),
    Apart(table="known_words", why="single words; those of his name go when no ticket has them any more"),
    Apart(table="word_progress", why="counts only"),
    Apart(table="ticket_followers", why="people of the staff"),
    Apart(table="presences", why="people of the staff"),
    Apart(table="tags", why=_STAFF, scrub=("name",)),
    Apart(table="saved_views", why=_STAFF, scrub=("name", "query")),
    Apart(table="default_views", why=_STAFF),
    Apart(table="bulk_runs", why="ids of tickets", scrub=("given", "done", "refused")),
    Apart(table="store_alerts", why=_STAFF),
    Apart(table="alert_choices", why=_STAFF),
    Apart(table="phone_lines", why=_STAFF),
    Apart(table="routing_order", why=_STAFF),
    Apart(table="routing_rules", why=_STAFF, scrub=("name", "content")),
    Apart(table="routing_rule_versions", why=_STAFF, scrub=("name", "content")),
    Apart(table="assignment_settings", why=_STAFF),
    Apart(table="agent_absences", why=_STAFF),
    Apart(table="expert_groups", why=_STAFF),
    Apart(table="experts", why=_STAFF),
    Apart(table="reason_words", why=_STAFF),
    Apart(
        table="reason_models",
        why="what a machine learnt of many tickets: weights of words",
        scrub=("error",),
    ),
    Apart(table="reply_targets", why=_STAFF),
)
