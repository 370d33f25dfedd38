"""The knowledge base holds no customer; what was looked for in it may name one."""

from hub.core.personal import Apart, Holding
from hub.knowledge import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
_TEXTS = "texts for all customers"

HOLDINGS: tuple[Holding, ...] = (
    Apart(table="articles", why=_TEXTS),
    Apart(table="article_versions", why=_TEXTS),
    Apart(table="knowledge_gap_marks", why="what editors said of gaps, under hashes of words"),
    Apart(table="knowledge_synonyms", why=_TEXTS),
    Apart(table="article_imports", why=_TEXTS),
    Apart(table="article_vectors", why=_TEXTS),
    *(
        Apart(table=f"article_{part}", why=_TEXTS)
        for part in ("reasons", "stores", "products", "states", "files")
    ),
    Apart(table="article_votes", why="what readers say of a text, without who", scrub=("words",)),
    Apart(table="standard_replies", why=_TEXTS),
    Apart(table="standard_reply_paragraphs", why=_TEXTS),
    Apart(
        table="knowledge_uses",
        why="numbers of tickets and answers, and of the texts for all that went into them",
    ),
    Apart(table="search_logs", why="words that were looked for, without who", scrub=("words",)),
)
