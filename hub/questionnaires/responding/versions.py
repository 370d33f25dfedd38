"""Published definitions as they are answered: a version never changes, so a process reads each one once."""

from functools import lru_cache

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.questionnaires.definitions import Definition
from hub.questionnaires.links import BAD_LINK
from hub.questionnaires.models import QuestionnaireVersion
from hub.questionnaires.reading import read_definition

MOST_KEPT = 64


@lru_cache(maxsize=MOST_KEPT)
def get_definition(version_id: int) -> Definition:
    """Raises NotFound."""
    told = db.session.scalar(
        select(QuestionnaireVersion.definition).where(QuestionnaireVersion.id == version_id)
    )
    if told is None:
        raise NotFound(BAD_LINK)
    return read_definition(told)
