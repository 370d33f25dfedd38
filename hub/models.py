"""Every table in one place, for the migrations and the backup: importing this registers them all."""

from hub.content import models as content
from hub.core import apart, audit, clock, facts, loose_files
from hub.customers import models as customers
from hub.customers import property_models as customer_properties
from hub.customers.duplicates import models as customer_duplicates
from hub.customers.imports import models as customer_imports
from hub.customers.merging import models as customer_merging
from hub.customers.notes import models as customer_notes
from hub.customers.quality import models as customer_quality
from hub.identity import privacy_models as privacy
from hub.inbox import models as inbox
from hub.knowledge import models as knowledge
from hub.loyalty import models as loyalty
from hub.mailroom import models as mailroom
from hub.mailroom import way_models as mail_ways
from hub.orders import models as orders
from hub.orders.behaviour import models as behaviour
from hub.orders.own_events import models as own_events
from hub.orders.products import models as products
from hub.orders.till_files import models as till_files
from hub.outbox import models as outbox
from hub.outbox import provider_models as provider_deliveries
from hub.outbox import push_models as pushes
from hub.outbox.tracking import models as tracking
from hub.plans import models as plans
from hub.plans.moving import models as plan_moves
from hub.plans.replay import models as plan_replays
from hub.plans.results import models as plan_results
from hub.questionnaires import models as questionnaires
from hub.questionnaires.results import models as questionnaire_results
from hub.reasons import models as reasons
from hub.reviews import models as reviews
from hub.segments import models as saved_segments
from hub.segments.values import models as customer_values
from hub.signups import models as signups
from hub.staff import models as staff
from hub.statistics import models as statistics
from hub.statistics.base import models as base_nights
from hub.stores import models as stores
from hub.surveys import models as surveys
from hub.surveys.whys import models as whys
from hub.takeover import models as takeover
from hub.webhooks import models as webhooks

ALL = (
    apart,
    audit,
    clock,
    facts,
    loose_files,
    stores,
    staff,
    reasons,
    customers,
    customer_properties,
    customer_imports,
    customer_merging,
    customer_duplicates,
    customer_notes,
    customer_quality,
    orders,
    behaviour,
    own_events,
    products,
    till_files,
    content,
    loyalty,
    customer_values,
    saved_segments,
    outbox,
    provider_deliveries,
    pushes,
    tracking,
    inbox,
    surveys,
    whys,
    reviews,
    questionnaires,
    questionnaire_results,
    signups,
    knowledge,
    plans,
    plan_moves,
    plan_replays,
    plan_results,
    mailroom,
    mail_ways,
    statistics,
    webhooks,
    takeover,
    base_nights,
    privacy,
)
