"""Words of the knowledge base."""

from enum import StrEnum


class ArticleState(StrEnum):
    DRAFT = "draft"
    INTERNAL = "internal"
    PUBLISHED = "published"
    ARCHIVED = "archived"
