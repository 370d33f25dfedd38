"""What a cell says about consent, a title or a store, as files write yes, no and the rest. Pure."""

from hub.core.text import fold

YES = frozenset(
    [
        "oui",
        "o",
        "yes",
        "y",
        "true",
        "vrai",
        "1",
        "x",
        "ok",
        "v",
        "✓",
        "✔",
        "☑",
        "inscrit",
        "inscrite",
        "abonne",
        "abonnee",
        "accepte",
        "optin",
        "opt-in",
        "subscribed",
        "on",
        "accord",
        "consenti",
        "consent",
        "granted",
        "j'accepte",
    ]
)
NO = frozenset(
    [
        "non",
        "n",
        "no",
        "false",
        "faux",
        "0",
        "refuse",
        "refus",
        "desinscrit",
        "desinscrite",
        "desabonne",
        "optout",
        "opt-out",
        "unsubscribed",
        "off",
        "ko",
        "✗",
        "✘",
        "☐",
        "jamais",
        "never",
        "denied",
    ]
)


def read_yes(text: str) -> bool | None:
    """Yes or no, as files say it; None when it is neither."""
    key = fold(text)
    if key in YES:
        return True
    return False if key in NO else None
