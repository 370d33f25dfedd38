"""Template: after a purchase, online or in a store."""

from hub.questionnaires.drafts.templates.parts import (
    EASY,
    FIXED,
    HARD,
    OTHER,
    any_of,
    ask,
    at_most,
    choices,
    csat,
    document,
    nps,
    page,
    say,
    when,
)

POST_PURCHASE = document(
    say("Votre dernier achat", "Your last purchase"),
    say(
        "Vous avez récemment acheté chez nous. Quelques questions nous aideront à mieux vous servir.",
        "You bought from us recently. A few questions will help us serve you better.",
    ),
    page(
        "purchase",
        "Votre achat",
        "Your purchase",
        csat("satisfaction", "Êtes-vous satisfait de votre achat ?", "Are you satisfied with your purchase?"),
        ask(
            "channel",
            "single",
            "Où avez-vous acheté ?",
            "Where did you buy?",
            is_required=True,
            options=choices(
                ("store", "En magasin", "In a store"),
                ("web", "Sur le site", "On the website"),
                (
                    "click_collect",
                    "Sur le site, avec retrait en magasin",
                    "On the website, collected in a store",
                ),
                ("phone", "Par téléphone", "By phone"),
            ),
        ),
    ),
    page(
        "reasons",
        "Ce qui n’a pas convenu",
        "What went wrong",
        ask(
            "disappointed_by",
            "multiple",
            "Qu’est-ce qui ne vous a pas convenu ?",
            "What went wrong?",
            is_shuffled=True,
            options=choices(
                ("product", "La qualité du produit", "The quality of the product"),
                ("price", "Le prix", "The price"),
                ("advice", "Les conseils reçus", "The advice you got"),
                ("wait", "L’attente en caisse", "The wait at the till"),
                ("payment", "Le paiement", "The payment"),
                ("delivery", "La livraison ou le retrait", "The delivery or the collection"),
                OTHER,
                other=FIXED,
            ),
        ),
        ask(
            "what_happened",
            "long_text",
            "Que s’est-il passé ?",
            "What happened?",
            help=say(
                "Merci de ne pas indiquer de coordonnées bancaires.",
                "Please do not write any bank details.",
            ),
        ),
        show_if=when(at_most("satisfaction", 3)),
    ),
    page(
        "ordering",
        "Votre commande en ligne",
        "Your online order",
        ask(
            "effort",
            "ces",
            "Passer commande a été…",
            "Placing your order was…",
            low=HARD,
            high=EASY,
        ),
        show_if=when(any_of("channel", "web", "click_collect")),
    ),
    page(
        "end",
        "Pour finir",
        "To finish",
        nps(),
        ask(
            "suggestion", "long_text", "Une suggestion à nous faire ?", "Is there anything you would suggest?"
        ),
    ),
)
