"""Which pages and questions anybody can ever come to, over all answers that a form takes. Pure and bounded.

Conditions only ask whether their clauses hold, so a way is known by one bit a clause. The pages are walked once with
the set of all states that can be reached; bits that no later condition looks at are dropped, which keeps the set small.
Exact up to MOST_STATES; beyond it nothing is said (`is_known`), and nothing is called unreachable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.questionnaires.definitions import Clause, Condition, Definition, Page, Question
from hub.questionnaires.drafts.answering import bits_of
from hub.questionnaires.walking import holds
from hub.questionnaires.words import Join

MOST_STATES = 20_000
State = int
"""A bit for each clause of the questionnaire: whether it holds of the answers so far."""


@dataclass
class Reach:
    """`pages`, `questions`: keys of those that somebody can see. `endings`: pages that can end the questionnaire."""

    pages: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    is_known: bool = True


class _TooManyError(Exception):
    """More states than are looked at."""


def reach(definition: Definition) -> Reach:
    """Everything that can be reached; all of it when that cannot be known."""
    try:
        return _Walker(definition).walk()
    except _TooManyError:
        every = {page.key for page in definition.pages}
        return Reach(every, set(definition.by_key), every, is_known=False)


def conditions_of(page: Page) -> Iterator[Condition]:
    yield page.show_if
    yield from (question.show_if for question in page.questions)
    yield page.ends_if


class _Walker:
    def __init__(self, definition: Definition) -> None:
        self.pages = definition.pages
        clauses = (
            clause for page in self.pages for condition in conditions_of(page) for clause in condition.clauses
        )
        self.bits = {clause: 1 << place for place, clause in enumerate(dict.fromkeys(clauses))}
        self.asking: dict[str, list[Clause]] = {}
        for clause in self.bits:
            self.asking.setdefault(clause.question, []).append(clause)
        self.found = Reach()

    def walk(self) -> Reach:
        states = {self._unanswered()}
        for place, page in enumerate(self.pages):
            states = self._pass(page, states, self._live(self.pages[place + 1 :]))
        return self.found

    def _unanswered(self) -> State:
        return sum(bit for clause, bit in self.bits.items() if holds(Condition((clause,)), {}))

    def _live(self, pages: tuple[Page, ...]) -> State:
        """The bits that conditions of these pages look at."""
        clauses = {
            clause for page in pages for condition in conditions_of(page) for clause in condition.clauses
        }
        return sum(self.bits[clause] for clause in clauses)

    def _pass(self, page: Page, states: set[State], live: State) -> set[State]:
        """The states behind a page; what they can see on it is noted."""
        after: set[State] = set()
        for state in states:
            shown = [each for each in page.questions if self._is_true(each.show_if, state)]
            if not shown or not self._is_true(page.show_if, state):
                after.add(state & live)
                continue
            self.found.pages.add(page.key)
            self.found.questions.update(each.key for each in shown)
            after |= {each & live for each in self._go_on(page, self._answered(state, shown))}
            if len(after) > MOST_STATES:
                raise _TooManyError
        return after

    def _answered(self, state: State, shown: list[Question]) -> set[State]:
        states = {state}
        for question in shown:
            clauses = self.asking.get(question.key, [])
            mask = sum(self.bits[clause] for clause in clauses)
            ways = {self._spread(clauses, held) for held in bits_of(question, clauses)}
            states = {(each & ~mask) | way for each in states for way in ways}
            if len(states) > MOST_STATES:
                raise _TooManyError
        return states

    def _spread(self, clauses: list[Clause], held: frozenset[int]) -> State:
        return sum(self.bits[clauses[place]] for place in held)

    def _go_on(self, page: Page, states: set[State]) -> set[State]:
        """Those that are not ended here."""
        if not page.ends_if:
            return states
        ended = {each for each in states if self._is_true(page.ends_if, each)}
        if ended:
            self.found.endings.add(page.key)
        return states - ended

    def _is_true(self, condition: Condition, state: State) -> bool:
        if not condition.clauses:
            return True
        found = (bool(state & self.bits[clause]) for clause in condition.clauses)
        return any(found) if condition.join is Join.ANY else all(found)
