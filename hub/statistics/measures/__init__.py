"""The definition of every figure, once: its words, its unit, its formula and what it leaves out; a file a question."""

from hub.statistics.measures.answers import ANSWERS
from hub.statistics.measures.base import BASE
from hub.statistics.measures.knowledge import KNOWLEDGE
from hub.statistics.measures.measure import Measure
from hub.statistics.measures.messages import MESSAGES
from hub.statistics.measures.plans import PLANS
from hub.statistics.measures.tickets import TICKETS
from hub.statistics.measures.waits import WAITS_NOW_AND_THEN

BY_QUESTION = {
    "Waits": WAITS_NOW_AND_THEN,
    "Tickets": TICKETS,
    "Answers": ANSWERS,
    "Knowledge": KNOWLEDGE,
    "Plans": PLANS,
    "Base": BASE,
    "Messages": MESSAGES,
}
MEASURES = {measure.key: measure for measures in BY_QUESTION.values() for measure in measures}

__all__ = ["BY_QUESTION", "MEASURES", "Measure"]
