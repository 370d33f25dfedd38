"""A cheap guess between French and English from the commonest words."""

import re

_WORD = re.compile(r"[a-zàâçéèêëîïôûùœ']+")
_FRENCH = frozenset(["le", "la", "les", "des", "du", "de", "un", "une", "et", "est", "je", "vous", "nous", "pas", "que", "qui", "pour", "dans", "avec", "sur", "votre", "mon", "ma", "mes", "bonjour", "merci", "commande", "j'ai", "n'ai", "c'est", "mais", "au", "aux", "ce", "cette", "ne", "suis", "avez", "cordialement", "livraison", "magasin", "été"])  # fmt: skip
_ENGLISH = frozenset(["the", "a", "an", "and", "is", "are", "i", "you", "we", "not", "that", "which", "for", "in", "with", "on", "your", "my", "hello", "thanks", "order", "have", "has", "it", "but", "to", "of", "this", "please", "was", "were", "regards", "dear", "hi", "do", "would", "could", "can", "delivery", "store"])  # fmt: skip


def guess_language(text: str) -> str | None:
    """French ("fr"), English ("en"), or None when the words do not tell."""
    words = _WORD.findall(text[:3_000].lower().replace("’", "'"))
    french = sum(word in _FRENCH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if french == english:
        return None
    return "fr" if french > english else "en"
