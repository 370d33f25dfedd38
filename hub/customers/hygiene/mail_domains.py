"""Mail domains the checks know, read from lists/: providers, those that only look like one, roles, throw-away ones."""

from hub.customers.hygiene.listed import list_pairs, list_words

COMMON = list_words("common_domains")
REAL = frozenset(list_words("real_domains"))
WORDS_NEAR = frozenset(list_words("words_near"))
LIKE_WORDS = frozenset({"orange", "libero", "skynet", "tiscali", "bluewin", "comcast", "verizon"})
"""Names of providers that are, or look like, ordinary words: a company may well be called nearly so."""
SLIPS = dict(list_pairs("slips"))
ROLES = frozenset(list_words("role_names"))
THROW_AWAY = frozenset(list_words("throw_away_domains"))
ENDINGS = frozenset(list_words("endings"))
