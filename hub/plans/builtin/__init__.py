"""The plans that are published with the product, by priority: delays are defaults, all editable as versions."""

from hub.plans.builtin import (
    abandoned_basket,
    anti_churn,
    birthday,
    churn_rescue,
    cross_sell,
    order_messages,
    post_purchase_survey,
    reactivation,
    renewal,
    replenishment,
    review_request,
    welcome_pack,
)
from hub.plans.builtin.shape import BuiltinPlan

__all__ = ["BUILTIN_PLANS", "CHURN_RESCUE", "POST_PURCHASE_SURVEY", "WELCOME_PACK", "BuiltinPlan"]

CHURN_RESCUE = churn_rescue.PLAN.key
POST_PURCHASE_SURVEY = post_purchase_survey.PLAN.key
WELCOME_PACK = welcome_pack.PLAN.key
_MODULES = (
    order_messages,
    post_purchase_survey,
    abandoned_basket,
    birthday,
    welcome_pack,
    churn_rescue,
    anti_churn,
    reactivation,
    review_request,
    replenishment,
    cross_sell,
    renewal,
)
BUILTIN_PLANS: tuple[BuiltinPlan, ...] = tuple(
    sorted((module.PLAN for module in _MODULES), key=lambda plan: plan.priority)
)
