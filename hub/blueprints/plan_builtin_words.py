"""What the plans of the product do, and what their steps are called, in the reader's words."""

from flask_babel import gettext

from hub.plans.words import Skip


def plan_sentence(key: str) -> str:
    """What a built-in plan does, in one sentence; "" for a plan of the chain's own."""
    sentences = {
        "post_purchase_survey": gettext(
            "Seven days after delivery, asks one question by mail. An unhappy answer becomes a ticket of the store."
        ),
        "welcome_pack": gettext(
            "Greets who signs up, thanks for a first order the day after, then suggests a second purchase. A new order"
            " ends it."
        ),
        "order_messages": gettext(
            "Confirms each order and says when it is paid, shipped, ready and delivered. No offer, no limit, no control group."
        ),
        "cross_sell": gettext(
            "Thirty days after the last order, suggests what completes it, or a better range; a reminder with the VIP"
            " status fifteen days later."
        ),
        "renewal": gettext(
            "The long variant of up and cross-sell: suggests a successor when the life of a product is over."
        ),
        "replenishment": gettext(
            "Thirty days after the delivery of a product with a cycle, suggests the next one, or the same when it is used up."
        ),
        "review_request": gettext(
            "Fifteen days after delivery, asks for a review of each product of the order; one reminder. Whoever answered"
            " anything before is asked alike."
        ),
        "churn_rescue": gettext(
            "When the churn score falls below −5, asks how to do better, then tells the news. Below −10, the customers of"
            " the highest value are called instead."
        ),
    }
    return sentences.get(key, "") or _waiting_sentence(key)


def _waiting_sentence(key: str) -> str:
    """Of the plans that nobody's deed begins: silence, a day, a basket left."""
    sentences = {
        "anti_churn": gettext(
            "Six months after the last order, asks for news with a personal code, recalls the offer, and has a last word"
            " for who engaged. SMS, call and letter can be switched on. An order ends it."
        ),
        "birthday": gettext(
            "Wishes a happy birthday on the first day of the month with a code that ends soon; a reminder and a last call"
            " while it is unused. Can be set to the day itself."
        ),
        "abandoned_basket": gettext(
            "Recalls a basket left behind, in four ways by what is known of it, without any discount. Ends when it is paid,"
            " emptied or changed. The usual cap leaves room for two of its three messages."
        ),
        "reactivation": gettext(
            "After two years without a sign of life: an offer, a question, the notice with the day, and the erasure sixty"
            " days after the offer. Any sign of life ends it."
        ),
    }
    return sentences.get(key, "")


def step_words(key: str) -> str:
    """What a step of a built-in plan does; the key of another one."""
    titles = {
        "ask": gettext("Survey mail with three boxes"),
        "remind": gettext("One reminder"),
        "thank": gettext("Thanks with the review link"),
        "way": gettext("Which way"),
        "greet": gettext("Welcome to who signed up"),
        "greeted": gettext("End of the welcome"),
        "welcome": gettext("Welcome"),
        "second_purchase": gettext("Second purchase"),
        "satisfaction_call": gettext("Is the first order right?"),
        "satisfaction_sms": gettext("Is the first order right?"),
        "placed": gettext("Order recorded"),
        "paid": gettext("Payment received"),
        "shipped": gettext("Order shipped"),
        "ready": gettext("Order ready"),
        "delivered": gettext("Order handed over"),
        "cross_sell": gettext("What completes the order"),
        "up_sell": gettext("A better range"),
        "reminder": gettext("Reminder with the VIP status"),
        "reminded": gettext("End after the reminder"),
        "better_reminder": gettext("Reminder of the better range, with the VIP status"),
        "renewal": gettext("Successor of a product"),
        "suggest": gettext("What follows"),
        "again": gettext("The same again"),
        "call": gettext("Call to a customer of high value"),
        "called": gettext("End after the call"),
        "question": gettext("How can we do better?"),
        "news": gettext("What is new"),
    }
    return titles.get(key) or _waiting_step(key) or key


def _waiting_step(key: str) -> str:
    """Steps of the plans that nobody's deed begins; "" for another one."""
    titles = {
        "code": gettext("Personal code"),
        "how_are_you": gettext("How are you?"),
        "offer_again": gettext("The offer again, limited in time"),
        "last_word": gettext("A last message, other products"),
        "by_sms": gettext("By SMS, when mails did not do it"),
        "by_call": gettext("By telephone, when mails did not do it"),
        "by_post": gettext("By post, when mails did not do it"),
        "wish": gettext("Wish and code"),
        "code_reminder": gettext("The code has not been used"),
        "last_call": gettext("Last days of the code"),
        "third": gettext("Third message, for who engaged"),
        "offer": gettext("Offer for former customers"),
        "audience": gettext("Reactivation"),
        "why": gettext("Why did you leave?"),
        "notice": gettext("Notice with the day of erasure"),
        "erasure": gettext("Day of erasure"),
    }
    return titles.get(key) or _basket_step(key)


def _basket_step(key: str) -> str:
    """Steps of the four ways of a basket: a profile, and what is done for it."""
    forks = {
        "is_large": gettext("Is the basket a large one?"),
        "is_phone": gettext("Was it filled on a phone?"),
        "is_known": gettext("Has the customer ordered before?"),
    }
    profiles = {
        "adviser": gettext("Large basket: an adviser"),
        "phone": gettext("On a phone: straight to the checkout"),
        "known": gettext("Known customer: a simple reminder"),
        "reassure": gettext("Everyone else: reassurance"),
    }
    profile, _, deed = key.partition("_")
    deeds = {
        "": "",
        "audience": gettext("retargeting"),
        "way": gettext("mail or SMS"),
        "second": gettext("second message"),
        "second_sms": gettext("second message by SMS"),
    }
    if profile not in profiles or deed not in deeds:
        return forks.get(key, "")
    return f"{profiles[profile]} · {deeds[deed]}" if deed else profiles[profile]


def skip_words(reason: Skip) -> str:
    """Why a step did nothing."""
    return {
        Skip.CONDITION: gettext("skipped: its conditions did not hold"),
        Skip.NEVER_SENT: gettext("skipped: the message it is about never left"),
        Skip.TOO_LATE: gettext("skipped: too late"),
        Skip.OFF: gettext("skipped: switched off"),
        Skip.NO_TEMPLATE: gettext("skipped: the message is not published in this language"),
        Skip.NO_CODE: gettext("skipped: no promo code to give"),
        Skip.NO_PRODUCT: gettext("skipped: no product to recommend that the customer does not own"),
        Skip.NO_CALL: gettext("skipped: nobody to call, or a call is asked for already"),
        Skip.NOBODY: gettext("skipped: nobody in the store to tell"),
        Skip.UNKNOWN_PROPERTY: gettext("skipped: the property is not there any more"),
        Skip.NO_ADDRESS: gettext("skipped: no address to write to"),
        Skip.OBJECTS: gettext("skipped: the customer objects to it"),
        Skip.NOT_TOLD: gettext("skipped: the message that announces the day did not arrive"),
        Skip.HAS_RUN: gettext("skipped: it had run before the customer was moved to this version"),
        Skip.YES: gettext("yes"),
        Skip.NO: gettext("no"),
    }[reason]
