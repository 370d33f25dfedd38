"""What happens in the knowledge base."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ArticleReviewDue(Fact):
    """The day has come on which the article is read again; without an owner the editors are told."""

    article_id: int
    owner_id: int | None = None
