"""Enums that several rooms share; each is stored as text with a check constraint."""

from enum import StrEnum


class Language(StrEnum):
    FRENCH = "fr"
    ENGLISH = "en"


class Channel(StrEnum):
    """The way a contact came in or a message goes out."""

    EMAIL = "email"
    FORM = "form"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    PHONE = "phone"
    CHAT = "chat"
    COUNTER = "counter"
    DELIVERY = "delivery"
    SURVEY = "survey"
    SOCIAL = "social"
    API = "api"


class Purpose(StrEnum):
    """What an outbound message is for; consent, caps and quiet hours depend on it.

    `open_measurement` is the purpose of no message: what a customer allows us to see of the others.
    """

    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    REPLY = "reply"
    SURVEY = "survey"
    PROMOTION = "promotion"
    NEWSLETTER = "newsletter"
    OPEN_MEASUREMENT = "open_measurement"
    STAFF = "staff"


class ActorKind(StrEnum):
    AGENT = "agent"
    API_KEY = "api_key"
    CUSTOMER = "customer"
    SYSTEM = "system"
