"""Whether a message is nothing but a wish to hear no more: one rule for SMS, WhatsApp and mail. Pure."""

import re
from itertools import groupby

from hub.core.text import fold

MAX_CHARS = 60
MAX_WITH_SIGNATURE = 400
# Words that alone, alone with a polite word or with what is meant by them, say stop. Nothing that may answer a
# question of ours: "cancel", "end" and "résilier" speak of an order or a contract.
_VERBS_TEXT = """
    stop stopp stope stoppe stopper stoper stoppez stopez sotp stpo tsop sop st0p
    arret aret arrets arrete arreter arretez areter arettez
    desabonner desaboner desabonne desabonnez desabonez desabonnement desabonement desabo
    desinscrire desincrire desinscris desinscrit desinscrivez desinscription desincription
    unsubscribe unsuscribe unsubscribed unsubcribe unsub optout
"""
_VERBS = frozenset(_VERBS_TEXT.split())
_OBJECTS_TEXT = """
    mail mails email emails e courriel courriels sms texto textos message messages pub pubs publicite publicites promo
    promos newsletter newsletters whatsapp tout all liste list lists spam spams notification notifications
"""
_OBJECTS = frozenset(_OBJECTS_TEXT.split())
_SMALL_TEXT = """
    moi me m je se vous nous vos votre mon mes ma les des de du d la le l a au aux tous toutes toute
    your from my this the this these ces cette ce to
"""
_SMALL = frozenset(_SMALL_TEXT.split())
_POLITE = re.compile(
    r"\b(?:bonjour|bonsoir|hello|hi|merci(?: d avance| beaucoup| bien)?|svp|stp|sil vous plait|s il vous plait|s il te plait|"
    r"please|pls|plz|thanks|thank you|thx|cordialement|madame|monsieur|mme|mr|immediatement|maintenant|now|ok)\b"
)
_SENTENCES = frozenset(
    """
    opt out
    je veux me desabonner
    je souhaite me desabonner
    je voudrais me desabonner
    je veux me desinscrire
    je souhaite me desinscrire
    je voudrais me desinscrire
    merci de me desabonner
    merci de me desinscrire
    veuillez me desabonner
    veuillez me desinscrire
    je ne veux plus recevoir vos mails
    je ne veux plus recevoir de mails
    je ne veux plus recevoir vos sms
    je ne veux plus recevoir de sms
    je ne veux plus recevoir vos messages
    je ne veux plus rien recevoir
    je ne souhaite plus recevoir vos mails
    je ne souhaite plus recevoir vos sms
    je ne souhaite plus recevoir vos messages
    ne plus recevoir
    ne m ecrivez plus
    ne me contactez plus
    ne plus me contacter
    plus de mail
    plus de mails
    plus de sms
    plus de pub
    retirez moi de votre liste
    retirez moi de vos listes
    supprimez moi de votre liste
    supprimez moi de vos listes
    remove me
    take me off
    take me off your list
    remove me from your list
    remove me from this list
    stop emailing me
    stop texting me
    stop sending me emails
    stop sending me messages
    no more emails
    no more texts
    no more messages
    demande de desabonnement
    demande de desinscription
    """.strip()
    .replace("    ", "")
    .split("\n")
)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SIGNATURE = re.compile(
    r"\A(?:-- ?|__+|envoye (?:de|depuis|a partir)\b|sent from\b|telecharge[rz]? outlook|obtenez outlook|get outlook|"
    r"provenance\b|yahoo\b|cordialement\b|bien a vous\b)"
)
_SPELLED = re.compile(r"\A(?:s t o p|a r r e t)\Z")
_SHORT_CODE = re.compile(r"\A\d{5,6}\Z")


def is_stop(text: str) -> bool:
    """Whether the text says stop and nothing else, in any case, accents, punctuation and usual misspelling.

    "STOP", "arrêt svp", "Stop pub !", "STOP au 36111" are stops; "Stop, où est ma commande ?" is a person's message.
    A signature below does not count.
    """
    if len(text) > MAX_WITH_SIGNATURE:
        return False
    words = _words_of(_without_signature(text))
    if not words or len(words) > MAX_CHARS:
        return False
    bare = " ".join(_POLITE.sub(" ", words).split())
    if {words, bare} & _SENTENCES or _is_bare_stop(bare):
        return True
    return "?" not in text and _SAYS_NO_MORE.fullmatch(bare) is not None


_STARTS = frozenset({"start", "unstop", "reprendre", "start sms", "oui start"})


def is_start(text: str) -> bool:
    """Whether the text is nothing but the wish to hear from us again after a STOP (START, UNSTOP, with a polite word)."""
    words = _words_of(text)
    return " ".join(_POLITE.sub(" ", words).split()) in _STARTS


def _words_of(text: str) -> str:
    """Folded words with single spaces; letters held down (STOOOP) are let go."""
    words = _NOT_WORDS.sub(" ", fold(_INVISIBLE.sub("", text))).strip()
    return "".join(_let_go(letter, len(list(run))) for letter, run in groupby(words))


def _let_go(letter: str, count: int) -> str:
    return letter * (count if count <= 2 or letter.isdigit() else 1)  # noqa: PLR2004 - "pp" and "nn" are spellings


def _without_signature(text: str) -> str:
    """The lines above a signature; it stands below a word, not below signs alone."""
    lines = text.strip().splitlines()
    for index, line in enumerate(lines):
        above = "\n".join(lines[:index])
        if _SIGNATURE.match(fold(line)) and _words_of(above):
            return above
    return text


_THING = (
    r"(?:e ?mails?|mails?|courriels?|sms|textos?|messages?|pubs?|publicites?|promos?|promotions?|newsletters?|"
    r"notifications?|spams?)(?: (?:pub|pubs|publicitaires?|commercia(?:l|ux)|promotionnels?|sms))?"
)
_THINGS = (
    rf"(?:(?:de|d|des|les|vos|votre|tes|ces|cette|ce|la|le|tous|toutes|aucun|aucune|plus|a) ){{0,3}}{_THING}"
)
_STOP_VERB = r"(?:stop(?:p?er|p?ez|pe)?|arret(?:er|ez|e|s)?|cesse(?:r|z)?)"
_PLEASE = r"(?:(?:merci|veuillez|priere|je (?:veux|souhaite|voudrais|vous demande)) )?"
_SEND = r"(?:(?:m|me|nous|t) )?(?:envoyer|envoyez|envoie|ecrire|ecrivez|contacter|contactez|adresser|adressez|solliciter|sollicitez)"
_HEAR = r"(?:recevoir|avoir|entendre parler)"
_ENDING = (
    rf"(?:{_PLEASE}(?:d |de )?{_STOP_VERB} (?:d |de )?(?:{_SEND} {_THINGS}|(?:m |me )?(?:ecrire|contacter|solliciter)|{_THINGS})"
    rf"|(?:s il vous plait )?(?:de )?ne (?:(?:m|me|nous) )?(?:plus )?(?:ecrivez|contactez|sollicitez)(?: plus)?(?: par {_THING})?"
    rf"|ne (?:m|me|nous) (?:envoyez|envoie|adressez) plus (?:rien|{_THINGS})"
    rf"|{_PLEASE}(?:de )?(?:ne )?plus (?:(?:m|me|nous) )?(?:{_SEND}|{_HEAR})(?: (?:rien|{_THINGS}))?"
    rf"|je (?:ne |n )?(?:veux|souhaite|desire|voudrais|aimerais|accepte) (?:plus|pas) "
    rf"(?:(?:{_HEAR} )?(?:aucun |aucune |rien |)?{_THINGS}|rien recevoir|(?:etre )?(?:contacte|sollicite|contactee|sollicitee)s?)"
    rf"|je (?:veux|souhaite|desire|voudrais|aimerais) ne plus (?:{_HEAR} (?:rien|{_THINGS})|etre (?:contactee?|sollicitee?))"
    rf"|plus (?:de |d |aucun |aucune ){_THING})"
)
_SAYS_NO_MORE = re.compile(rf"(?:(?:{_STOP_VERB}) )?{_ENDING}|{_STOP_VERB} {_ENDING} {_ENDING}")
"""A small grammar over folded words: to stop or not to want, then to send or to receive, then what is sent.

What is sent ends the sentence: "je ne veux plus de cette lampe" and "arrêtez la commande 123" are a person's.
"""


def _is_bare_stop(bare: str) -> bool:
    """Stop words, what is to stop, small words between: at least one of the first, in the first place but for small ones."""
    if _SPELLED.match(bare):
        return True
    words = [word for word in bare.split() if word not in _SMALL]
    if not words or words[0] not in _VERBS:
        return False
    return all(word in _VERBS or word in _OBJECTS or _SHORT_CODE.match(word) for word in words)
