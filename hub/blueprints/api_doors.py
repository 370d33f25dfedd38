"""All doors for machines, and the scope each of them asks of a key."""

from hub.blueprints import (
    api,
    api_behaviour,
    api_consents,
    api_customers,
    api_events,
    api_exports,
    api_files,
    api_messages,
    api_plans,
    api_regions,
    api_segments,
    api_statistics,
    api_surveys,
    api_threads,
    api_tickets,
)
from hub.blueprints.access import Door, Entry
from hub.staff.words import ApiScope

DOOR = Door(
    api.blueprint,
    "/api/v1",
    Entry.MACHINE,
    {
        "openapi": Entry.PUBLIC,
        "take_order": ApiScope.ORDERS_WRITE,
        "list_tickets": ApiScope.TICKETS_READ,
        "show_ticket": ApiScope.TICKETS_READ,
        "reply": ApiScope.TICKETS_REPLY,
        "take_contact": ApiScope.CONTACTS_WRITE,
        **api_statistics.WAYS,
        **api_exports.WAYS,
        **api_behaviour.WAYS,
        **api_segments.WAYS,
        **api_regions.WAYS,
        **api_events.WAYS,
        **api_surveys.WAYS,
        **api_plans.WAYS,
        **api_consents.WAYS,
        **api_tickets.WAYS,
        **api_files.WAYS,
        **api_messages.WAYS,
        **api_threads.WAYS,
        **api_customers.WAYS,
    },
    is_csrf_exempt=True,
)
