"""What a message of ours is called, in the reader's words: by its template, else by its purpose."""

from flask import g
from flask_babel import get_locale, gettext

from hub.content.catalog import find_name, list_keys
from hub.content.naming import TemplateName, get_own_names
from hub.core.words import Purpose
from hub.outbox.queries import MessageRow


def purpose_words(purpose: Purpose) -> str:
    words = {
        Purpose.TRANSACTIONAL: gettext("order messages"),
        Purpose.SERVICE: gettext("service messages"),
        Purpose.REPLY: gettext("replies"),
        Purpose.SURVEY: gettext("satisfaction surveys"),
        Purpose.PROMOTION: gettext("offers"),
        Purpose.NEWSLETTER: gettext("newsletter"),
        Purpose.OPEN_MEASUREMENT: gettext("seeing which messages are opened"),
        Purpose.STAFF: gettext("staff messages"),
    }
    return words[purpose]


def message_words(message: MessageRow) -> str:
    """What the message was, by its template, else by its purpose."""
    return template_words(TemplateName(message.template_key, ""), message.purpose)


def template_words(template: TemplateName | None, purpose: Purpose) -> str:
    """What a template of the product is for, the name of one made here, else the purpose."""
    words = {
        "survey": gettext("Satisfaction question"),
        "survey_reminder": gettext("Reminder of the satisfaction question"),
        "questionnaire_invitation": gettext("Invitation to a questionnaire"),
        "questionnaire_reminder": gettext("Reminder of a questionnaire"),
        "thanks": gettext("Thanks after an answer"),
        "reassurance": gettext("Reassurance after an unhappy answer"),
        "acknowledgement": gettext("Acknowledgement of a message"),
        "delay_notice": gettext("Delay notice"),
        "mail_over_limit": gettext("Mail above the limits"),
        "reply": gettext("Reply to a ticket"),
        "welcome_first_order": gettext("Welcome after the first order"),
        "welcome_prospect": gettext("Welcome"),
        "optin_confirmation": gettext("Confirmation of an address"),
        "second_purchase_standard": gettext("Second purchase"),
        "second_purchase_premium": gettext("Second purchase"),
    }
    if template is None:
        return purpose_words(purpose).capitalize()
    return words.get(template.key) or template.name or purpose_words(purpose).capitalize()


def template_title(key: str) -> str:
    """What the list of templates calls it; those made here are read once a request."""
    if key in list_keys():
        return find_name(key, str(get_locale()))
    if "own_templates" not in g:
        g.own_templates = get_own_names()
    return str(g.own_templates.get(key, key))
