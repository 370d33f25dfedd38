"""Template: after a visit to a store, also for the poster at its counter."""

from hub.questionnaires.drafts.templates.parts import (
    AGREEMENT,
    ALONE,
    COMMENT,
    any_of,
    ask,
    choices,
    csat,
    document,
    nps,
    page,
    say,
    when,
)

STORE_VISIT = document(
    say("Votre visite en magasin", "Your visit to the store"),
    say(
        "Vous venez de passer dans un de nos magasins : dites-nous comment cela s’est passé.",
        "You have just visited one of our stores: tell us how it went.",
    ),
    page(
        "visit",
        "Votre visite",
        "Your visit",
        csat("satisfaction", "Êtes-vous satisfait de votre visite ?", "Are you satisfied with your visit?"),
        ask(
            "bought",
            "single",
            "Avez-vous acheté lors de cette visite ?",
            "Did you buy something on this visit?",
            is_required=True,
            options=choices(
                ("yes", "Oui", "Yes"),
                ("partly", "Oui, mais pas tout ce que je cherchais", "Yes, but not all I was looking for"),
                ("no", "Non", "No"),
            ),
        ),
        ask(
            "points",
            "matrix",
            "Comment jugez-vous…",
            "How do you rate…",
            rows=choices(
                ("welcome", "L’accueil", "The welcome"),
                ("advice", "Les conseils", "The advice"),
                ("choice", "Le choix des produits", "The choice of products"),
                ("order", "La propreté et le rangement", "How clean and tidy it was"),
                ("till", "L’attente en caisse", "The wait at the till"),
            ),
            options=AGREEMENT,
        ),
    ),
    page(
        "missing",
        "Ce que vous cherchiez",
        "What you were looking for",
        ask(
            "why_not",
            "multiple",
            "Pourquoi n’avez-vous pas tout acheté ?",
            "Why did you not buy all of it?",
            options=choices(
                ("not_found", "Je n’ai pas trouvé le rayon", "I did not find the shelf"),
                ("out_of_stock", "Le produit manquait", "The product was out of stock"),
                ("price", "Le prix ne convenait pas", "The price did not suit me"),
                ("nobody", "Personne n’était disponible pour me renseigner", "Nobody was there to help me"),
                ("looking", "Je venais seulement regarder", "I only came to look"),
                looking=ALONE,
            ),
        ),
        ask("wanted", "text", "Quel produit cherchiez-vous ?", "Which product were you looking for?"),
        show_if=when(any_of("bought", "partly", "no")),
    ),
    page(
        "end",
        "Pour finir",
        "To finish",
        nps(),
        COMMENT,
    ),
)
