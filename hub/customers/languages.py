"""Which languages the chain's customers are written to in."""

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.words import Language
from hub.customers.listed import is_listed
from hub.customers.models import Customer


def count_languages() -> dict[Language, int]:
    """Customers by language, those who are erased, merged or archived left out."""
    found = db.session.execute(
        select(Customer.language, func.count()).where(is_listed()).group_by(Customer.language)
    )
    return {Language(language): count for language, count in found}
