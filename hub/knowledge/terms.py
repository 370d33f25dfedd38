"""Words of a text as search sees them: cut, and without those that say nothing. Pure."""

from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

from hub.core.stemming import cut, stem
from hub.core.text import fold
from hub.core.words import Language

# Snowball's French list (snowballstem.org), with the words of a question and of courtesy; accents come off.
FRENCH_STOPS = """
a ai aie aient aies ait alors apres as au aucun aucune aujourd aura aurai auraient aurais aurait auras aurez auriez
aurions aurons auront aussi autre autres aux avaient avais avait avant avec avez aviez avions avoir avons ayant ayez
ayons beaucoup bien bonjour bonsoir c ca car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme
comment cordialement d dans de depuis des doit dois doivent donc du elle elles en encore entre es est et etaient etais
etait etant ete etes etre eu eux faire fais fait faites faut fois font h hui il ils j je jusque l la le les leur leurs
lui m ma mais me meme memes merci mes mieux moi moins mon n ne ni non nos notre nous on ont ou oui par parce pas
pendant peut peux peuvent plus plutot pour pourquoi pourrais pourrait pouvez pouvoir puis puisse quand que quel quelle
quelles quels quelqu quelque qui quoi s sa salut sans se sera serai seraient serais serait seras serez seront ses si
sinon soit sommes son sont sous suis sur t ta te tes toi ton toujours tous tout toute toutes tres tu un une va vais vas
veut veux voici voila vont vos votre vous voudrais y
"""
ENGLISH_STOPS = """
a about after all also am an and any are as at be because been before being but by can cannot could d did do does doing
don for from had has have having he hello her here hers hi him his how i if in into is it its just ll m me more my no
not now of off on once only or other our ours out over own please re s same she should so some such t than thank thanks
that the their them then there these they this those through to too under until up us ve very was we were what when
where which while who whom why will with would you your yours
"""
# Words of any story. An article that holds one by chance must not pass for rare knowledge: they count for less.
FRENCH_PLAIN = """
dire dit dis dites voir vu vois savoir sais sait vouloir voulais venir viens vient croire trouver trouve donner prendre prend pris
parler aimer aimerais passer passe mettre mets mis demander tenir sembler laisser rester reste penser entendre regarder
connaître paraître arriver arrive sentir vivre chercher cherche sortir comprendre comprends porter devenir entrer revenir
tomber reprendre commencer suivre montrer aller aider réussir essayer permettre garder utiliser retrouver exister existe
chose truc gens monde jour temps fois moment cas façon manière question problème besoin normal vrai grand petit bon
mauvais nouveau vieux possible rien jamais déjà juste seulement assez maintenant hier demain matin soir semaine
an ans mois année deux trois droit obligé
"""
ENGLISH_PLAIN = """
say said tell told see saw know knew want wanted come came think thought find found give gave take took talk like pass
put ask seem leave stay look feel live try tried let keep kept go went gone got get thing stuff people day time moment case
way question problem need normal real big small good bad new old possible nothing never already yesterday tomorrow
morning evening week month year two three help
"""
STOPS = {
    Language.FRENCH: frozenset(FRENCH_STOPS.split()),
    Language.ENGLISH: frozenset(ENGLISH_STOPS.split()),
}
PLAIN = {Language.FRENCH: FRENCH_PLAIN, Language.ENGLISH: ENGLISH_PLAIN}


@lru_cache(maxsize=100_000)
def is_stop(word: str, language: Language) -> bool:
    return fold(word) in STOPS[language]


@cache
def plain_stems(language: Language) -> frozenset[str]:
    """The stems of words that say little, though more than a stop word."""
    return frozenset(stem(word, language) for word in PLAIN[language].split())


def meaningful(text: str, language: Language) -> Counter[str]:
    """The words that say something, in order and with their numbers; all of them when none does."""
    words = Counter(cut(text))
    kept = {word: count for word, count in words.items() if not is_stop(word, language)}
    return Counter(kept or words)


def guess_language(texts: Iterable[str]) -> Language:
    """The language whose stop words are more frequent; French when in doubt."""
    counts = Counter(fold(word) for text in texts for word in cut(text))
    seen = {language: sum(counts[word] for word in stops) for language, stops in STOPS.items()}
    return max(Language, key=lambda language: (seen[language], language is Language.FRENCH))
