"""What the house holds of one customer, room by room from the top, and what it keeps in its own hallway."""

from collections.abc import Mapping

from hub.content import holding as content
from hub.core import apart, audit, clock, facts, loose_files
from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.customers import holding as customers
from hub.identity import privacy_models
from hub.inbox import holding as inbox
from hub.knowledge import holding as knowledge
from hub.loyalty import holding as loyalty
from hub.mailroom import holding as mailroom
from hub.orders import holding as orders
from hub.outbox import holding as outbox
from hub.plans import holding as plans
from hub.questionnaires import holding as questionnaires
from hub.reasons import holding as reasons
from hub.reviews import holding as reviews
from hub.segments import holding as segments
from hub.signups import holding as signups
from hub.staff import holding as staff
from hub.statistics import holding as statistics
from hub.stores import holding as stores
from hub.surveys import holding as surveys
from hub.takeover import holding as takeover
from hub.webhooks import holding as webhooks

MODELS = (apart, audit, clock, facts, loose_files, privacy_models)
"""Imported, so that the tables below are known to whoever reads this."""
_IDS = N_("ids and numbers only, never words: the figures stand on them")
_WORK = "work to do, in ids; an error may quote words"

PRIVACY: tuple[Holding, ...] = (
    Held(
        table="privacy_requests",
        title=N_("Requests about his data"),
        mine="customer_id = ANY(:ids)",
        blank=("refusal",),
        keep={
            "received_on": N_("the proof that we answered in time"),
            "due_on": N_("the proof that we answered in time"),
        },
    ),
    Held(
        table="erasures",
        title=N_("Erasures"),
        mine="customer_id = ANY(:ids)",
        keep={
            "traces_sealed": N_("encrypted while it is under way, empty afterwards"),
            "counts": N_("counts only"),
        },
        hidden=("traces_sealed",),
    ),
    Apart(table="retention_rules", why="settings"),
    Apart(table="retention_runs", why="counts only"),
    Apart(table="processing_remarks", why="words of the administrator about all customers"),
)
HALLWAY: tuple[Holding, ...] = (
    Held(
        table="facts",
        title=N_("What happened"),
        mine="customer_id = ANY(:ids)",
        keep={"kind": _IDS, "data": _IDS},
    ),
    Held(
        table="audit_entries",
        title=N_("Who looked, who changed"),
        mine="subject_kind = 'customer' AND subject_id = ANY(:ids)",
        keep={"action": _IDS, "subject_kind": _IDS, "data": _IDS},
    ),
    Apart(table="fact_queue", why=_WORK, scrub=("error",)),
    Apart(table="put_off_rows", why=_WORK, scrub=("error",)),
    Apart(table="wire_effects", why=_IDS),
    Apart(table="loose_files", why="files that may belong to nothing, until they are dropped"),
    Apart(table="clock_setting", why="the clock"),
    Apart(table="clock_tasks", why="the clock"),
)

ROOMS: Mapping[str, tuple[Holding, ...]] = {
    "privacy": PRIVACY,
    "customers": customers.HOLDINGS,
    "mailroom": mailroom.HOLDINGS,
    "takeover": takeover.HOLDINGS,
    "statistics": statistics.HOLDINGS,
    "webhooks": webhooks.HOLDINGS,
    "outbox": outbox.HOLDINGS,
    "plans": plans.HOLDINGS,
    "inbox": inbox.HOLDINGS,
    "surveys": surveys.HOLDINGS,
    "questionnaires": questionnaires.HOLDINGS,
    "reviews": reviews.HOLDINGS,
    "signups": signups.HOLDINGS,
    "knowledge": knowledge.HOLDINGS,
    "segments": segments.HOLDINGS,
    "content": content.HOLDINGS,
    "loyalty": loyalty.HOLDINGS,
    "orders": orders.HOLDINGS,
    "staff": staff.HOLDINGS,
    "reasons": reasons.HOLDINGS,
    "stores": stores.HOLDINGS,
    "hallway": HALLWAY,
}
"""In the order of an erasure: first nobody can reach or find him any more; who finds rows by those of another comes before."""

EVERYTHING: tuple[Holding, ...] = tuple(holding for room in ROOMS.values() for holding in room)
HELD: tuple[Held, ...] = tuple(holding for holding in EVERYTHING if isinstance(holding, Held))
