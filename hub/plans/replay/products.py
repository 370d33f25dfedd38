"""Whether a letter that lives by what it recommends would have had something to recommend, as its customer was then."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from hub.content.rendering import PreparedTemplate
from hub.core import clock
from hub.plans.lettering.of_products import recommend_products
from hub.plans.lettering.sheets import Room, Sheet, names_of
from hub.plans.looking.asked import World
from hub.plans.models import Enrolment
from hub.plans.passage import Passage
from hub.plans.replay.passages import Letter
from hub.plans.walking import Decision
from hub.stores.queries import get_chain

FIRST = "product_1_name"


def needs(template: PreparedTemplate, name: str) -> bool:
    """Whether the letter is not written without this value."""
    return any(spec.name == name and spec.is_required for spec in template.specs)


class Products:
    """Asks the gatherer of the live engine; letters of one day share their look-ups."""

    def __init__(self, plan_id: int, world: World) -> None:
        self._plan_id = plan_id
        self._world = world

    def list_without(self, letters: Sequence[tuple[datetime, Letter]]) -> set[int]:
        """`id()` of the letters that need a product and would have none."""
        asked = sorted(
            ((at, letter) for at, letter in letters if needs(letter.template, FIRST)),
            key=lambda pair: pair[0],
        )
        without: set[int] = set()
        for _, together in groupby(asked, key=_day):
            mine = list(together)
            room = Room(get_chain(), {}, mine[-1][0], clock.machine_now())
            sheets = [
                Sheet(self._passage(letter), letter.template, names_of(letter.template)) for _, letter in mine
            ]
            found = recommend_products(sheets, room)
            without |= {
                id(letter) for (_, letter), values in zip(mine, found, strict=True) if not values.get(FIRST)
            }
        return without

    def _passage(self, letter: Letter) -> Passage:
        """As the gatherer takes it; its row is no row of the database."""
        walk = letter.walk
        return Passage(
            enrolment=Enrolment(id=walk.number, plan_id=self._plan_id, values=walk.values),
            position=letter.position,
            customer=self._world.customers[walk.customer_id],
            order=self._world.orders.get(walk.order_id),
            knows=lambda _condition: None,
            decision=Decision(template=letter.template.key),
        )


def _day(pair: tuple[datetime, Letter]) -> date:
    return pair[0].date()
