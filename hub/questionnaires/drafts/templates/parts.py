"""What the templates are written with: words in French and English, options, questions, pages, conditions. Pure."""

from typing import Any

from hub.questionnaires.reading import FORMAT

Part = dict[str, Any]


def say(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}


def choices(*told: tuple[str, str, str], **more: Any) -> list[Part]:
    """Options from code, French and English; `more` by code adds to one of them."""
    return [{"code": code, "words": say(fr, en), **more.get(code, {})} for code, fr, en in told]


def ask(key: str, kind: str, fr: str, en: str, **more: Any) -> Part:
    return {"key": key, "kind": kind, "words": say(fr, en), **more}


def page(key: str, fr: str, en: str, *questions: Part, **more: Any) -> Part:
    return {"key": key, "title": say(fr, en), "questions": list(questions), **more}


def when(*clauses: Part, join: str = "all") -> Part:
    return {"clauses": list(clauses), "join": join}


def at_most(question: str, number: int) -> Part:
    return {"question": question, "test": "at_most", "number": number}


def at_least(question: str, number: int) -> Part:
    return {"question": question, "test": "at_least", "number": number}


def any_of(question: str, *codes: str) -> Part:
    return {"question": question, "test": "any_of", "codes": list(codes)}


def document(title: dict[str, str], introduction: dict[str, str], *pages: Part, **more: Any) -> Part:
    return {
        "format": FORMAT,
        "title": title,
        "introduction": introduction,
        "thanks": THANKS,
        "mode": "identified",
        "languages": ["fr", "en"],
        "pages": list(pages),
        **more,
    }


THANKS = say(
    "Merci d’avoir pris le temps de répondre. Vos réponses sont lues et servent à améliorer nos magasins.",
    "Thank you for taking the time to answer. Your answers are read and help us improve our stores.",
)
DISSATISFIED = say("Pas du tout satisfait", "Not satisfied at all")
SATISFIED = say("Très satisfait", "Very satisfied")
UNLIKELY = say("Pas du tout probable", "Not likely at all")
LIKELY = say("Tout à fait probable", "Very likely")
HARD = say("Très difficile", "Very difficult")
EASY = say("Très facile", "Very easy")
OTHER = ("other", "Autre", "Other")
NONE = ("none", "Aucun de ces points", "None of these")
ALONE = {"is_exclusive": True, "is_fixed": True}
FIXED = {"is_fixed": True}
AGREEMENT = choices(
    ("very_good", "Très bien", "Very good"),
    ("good", "Bien", "Good"),
    ("fair", "Moyen", "Fair"),
    ("poor", "Mauvais", "Poor"),
    ("not_concerned", "Sans avis", "No opinion"),
)


def csat(key: str, fr: str, en: str, **more: Any) -> Part:
    return ask(key, "csat", fr, en, low=DISSATISFIED, high=SATISFIED, is_required=True, **more)


def nps(key: str = "nps", **more: Any) -> Part:
    fr = "Recommanderiez-vous notre enseigne à un proche ?"
    en = "How likely are you to recommend us to a friend or relative?"
    return ask(key, "nps", fr, en, low=UNLIKELY, high=LIKELY, is_required=True, **more)


COMMENT = ask(
    "comment", "long_text", "Souhaitez-vous ajouter quelque chose ?", "Would you like to add something?"
)
"""The last question: what nobody thought of asking."""
