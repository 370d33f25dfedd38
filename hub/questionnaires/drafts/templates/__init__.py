"""Templates of questionnaires, as data: what a new one may begin with."""

from collections.abc import Mapping
from enum import StrEnum

from hub.core.text import N_
from hub.questionnaires.drafts.documents import Document
from hub.questionnaires.drafts.templates.delivery import DELIVERY
from hub.questionnaires.drafts.templates.leaving import LEAVING
from hub.questionnaires.drafts.templates.post_purchase import POST_PURCHASE
from hub.questionnaires.drafts.templates.store_visit import STORE_VISIT
from hub.questionnaires.drafts.templates.yearly import YEARLY


class Template(StrEnum):
    POST_PURCHASE = "post_purchase"
    STORE_VISIT = "store_visit"
    DELIVERY = "delivery"
    YEARLY = "yearly"
    LEAVING = "leaving"


TEMPLATES: Mapping[Template, tuple[str, Document]] = {
    Template.POST_PURCHASE: (N_("After a purchase"), POST_PURCHASE),
    Template.STORE_VISIT: (N_("Visit to a store"), STORE_VISIT),
    Template.DELIVERY: (N_("Delivery"), DELIVERY),
    Template.YEARLY: (N_("Yearly national questionnaire"), YEARLY),
    Template.LEAVING: (N_("Reason for leaving"), LEAVING),
}
"""Name and document, in the order in which they are offered."""
