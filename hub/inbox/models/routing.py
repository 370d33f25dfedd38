"""How a contact finds its store."""

from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import (
    RouteSource,
)


class RoutingOrder(Base):
    """The order in which sources are asked for the store; one row per source."""

    __tablename__ = "routing_order"

    source: Mapped[RouteSource] = mapped_column(words(RouteSource), primary_key=True)
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)
