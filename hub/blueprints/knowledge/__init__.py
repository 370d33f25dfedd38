"""Doors of the knowledge base: articles, their versions, standard replies, and what was searched in vain."""

from hub.blueprints.knowledge import articles, files, gaps, imports, replies, synonyms, versions, votes
from hub.blueprints.knowledge.base import blueprint
from hub.staff.words import Permission

EDITING = (
    "new_article",
    "edit_article",
    "restore_version",
    "preview",
    "article_files",
    "remove_article_file",
    "new_reply",
    "edit_reply",
    "list_gaps",
    "mark_gap",
    "edit_synonyms",
    "import_articles",
    "show_import",
    "apply_import",
)
"""Ways that ask for more than reading."""
WAYS = {
    **dict.fromkeys(EDITING, Permission.EDIT_KNOWLEDGE),
    "save_paragraph": Permission.EDIT_STORE_PARAGRAPHS,
}

__all__ = [
    "EDITING",
    "articles",
    "blueprint",
    "files",
    "gaps",
    "imports",
    "replies",
    "synonyms",
    "versions",
    "votes",
]
