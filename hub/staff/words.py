"""Roles, permissions and scopes of API keys."""

from enum import StrEnum


class Role(StrEnum):
    AGENT = "agent"
    DELIVERY = "delivery"
    STORE_MANAGER = "store_manager"
    REGION_MANAGER = "region_manager"
    HEAD_OFFICE = "head_office"
    MARKETER = "marketer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One word a room asks for; which role has it stands in staff/rules.py."""

    READ_TICKETS = "read_tickets"
    ANSWER_TICKETS = "answer_tickets"
    LOOK_UP_ORDERS = "look_up_orders"
    READ_CUSTOMERS = "read_customers"
    READ_PLANS = "read_plans"
    EDIT_PLANS = "edit_plans"
    READ_MESSAGES = "read_messages"
    EDIT_MESSAGES = "edit_messages"
    READ_SURVEYS = "read_surveys"
    EDIT_SURVEYS = "edit_surveys"
    MODERATE_REVIEWS = "moderate_reviews"
    READ_KNOWLEDGE = "read_knowledge"
    EDIT_KNOWLEDGE = "edit_knowledge"
    EDIT_STORE_PARAGRAPHS = "edit_store_paragraphs"
    READ_STATISTICS = "read_statistics"
    EDIT_ROUTING = "edit_routing"
    EDIT_SETTINGS = "edit_settings"
    EDIT_STAFF = "edit_staff"
    EDIT_CUSTOMERS = "edit_customers"
    READ_SEGMENTS = "read_segments"
    EDIT_SEGMENTS = "edit_segments"
    KEEP_PRIVACY = "keep_privacy"


class ApiScope(StrEnum):
    ORDERS_WRITE = "orders:write"
    CONTACTS_WRITE = "contacts:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    TICKETS_REPLY = "tickets:reply"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CONSENTS_WRITE = "consents:write"
    STATISTICS_READ = "statistics:read"
    BEHAVIOUR_WRITE = "behaviour:write"
    SEGMENTS_READ = "segments:read"
    REGIONS_WRITE = "regions:write"
    EVENTS_WRITE = "events:write"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    SURVEYS_READ = "surveys:read"
    SURVEYS_WRITE = "surveys:write"
