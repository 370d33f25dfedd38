"""Words of the values: stages, named segments, rules of the churn score, what a run is at."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a customer stands (customers.md, "Lifecycle stage"), from the first look to gone."""

    PROSPECT = "prospect"
    NEW = "new"
    OCCASIONAL = "occasional"
    REGULAR = "regular"
    AMBASSADOR = "ambassador"
    LAPSED = "lapsed"
    FORMER = "former"


class RfmSegment(StrEnum):
    """The names of the 5×5 map of R against (F+M)/2, the best first."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    POTENTIAL = "potential"
    NEW = "new"
    PROMISING = "promising"
    NEED_ATTENTION = "need_attention"
    ABOUT_TO_SLEEP = "about_to_sleep"
    AT_RISK = "at_risk"
    CANNOT_LOSE = "cannot_lose"
    DORMANT = "dormant"
    LOST = "lost"


class ChurnRule(StrEnum):
    """What takes points away."""

    CYCLE = "cycle"
    MAILS = "mails"
    VISIT = "visit"


class CycleSource(StrEnum):
    """Whose purchase cycle a customer is measured by."""

    OWN = "own"
    SEGMENT = "segment"
    CHAIN = "chain"
    SETTING = "setting"


class RunState(StrEnum):
    """What a nightly run does next: sum orders up, draw the yardsticks, score customers; done."""

    SUMMING = "summing"
    MEASURING = "measuring"
    SCORING = "scoring"
    DONE = "done"


class FitState(StrEnum):
    """A fit that was asked for, that stands, or that could not be made."""

    ASKED = "asked"
    FITTED = "fitted"
    FAILED = "failed"
