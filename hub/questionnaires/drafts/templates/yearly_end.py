"""Second half of the yearly national questionnaire: customer service, loyalty, wishes, about the participant."""

from hub.questionnaires.drafts.templates.parts import (
    COMMENT,
    EASY,
    HARD,
    any_of,
    ask,
    choices,
    csat,
    page,
    when,
)

SERVICE = page(
    "service",
    "Le service client",
    "Customer service",
    ask(
        "contacted",
        "single",
        "Avez-vous contacté notre service client cette année ?",
        "Did you contact our customer service this year?",
        is_required=True,
        options=choices(
            ("email", "Oui, par e-mail ou formulaire", "Yes, by mail or form"),
            ("phone", "Oui, par téléphone", "Yes, by phone"),
            ("store", "Oui, en magasin", "Yes, in a store"),
            ("no", "Non", "No"),
        ),
    ),
    ask(
        "loyalty",
        "single",
        "Avez-vous notre carte de fidélité ?",
        "Do you have our loyalty card?",
        is_required=True,
        options=choices(
            ("yes", "Oui", "Yes"),
            ("no", "Non", "No"),
            ("unknown", "Je ne la connais pas", "I do not know it"),
        ),
    ),
)
CARD = page(
    "follow_up",
    "Service et fidélité",
    "Service and loyalty",
    ask(
        "contact_effort",
        "ces",
        "Obtenir une réponse du service client a été…",
        "Getting an answer from customer service was…",
        low=HARD,
        high=EASY,
        show_if=when(any_of("contacted", "email", "phone", "store")),
    ),
    csat(
        "loyalty_satisfaction",
        "Êtes-vous satisfait des avantages de la carte ?",
        "Are you satisfied with the benefits of the card?",
        show_if=when(any_of("loyalty", "yes")),
    ),
)
WISHES = page(
    "wishes",
    "Nos priorités",
    "Our priorities",
    ask(
        "priorities",
        "ranking",
        "Que devrions-nous améliorer en premier ? Classez du plus important au moins important.",
        "What should we improve first? Rank from the most to the least important.",
        is_shuffled=True,
        options=choices(
            ("prices", "Les prix", "The prices"),
            ("range", "Le choix", "The choice"),
            ("advice", "Le conseil en magasin", "The advice in the stores"),
            ("digital", "Le site et l’application", "The website and the app"),
            (
                "environment",
                "L’environnement et les produits durables",
                "Environment and sustainable products",
            ),
        ),
    ),
)
END = page(
    "about_you",
    "Pour finir",
    "To finish",
    ask(
        "age",
        "single",
        "Quel âge avez-vous ?",
        "How old are you?",
        options=choices(
            ("under_25", "Moins de 25 ans", "Under 25"),
            ("25_34", "25 à 34 ans", "25 to 34"),
            ("35_49", "35 à 49 ans", "35 to 49"),
            ("50_64", "50 à 64 ans", "50 to 64"),
            ("65_plus", "65 ans et plus", "65 and over"),
            ("no_answer", "Je préfère ne pas répondre", "I would rather not say"),
        ),
    ),
    COMMENT,
)
