"""What sending hands out: waves as people read them, and what a wave would come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.core.words import Channel
from hub.questionnaires.sending.words import NotReminded, PassedOver
from hub.questionnaires.words import WaveState


@dataclass(frozen=True, kw_only=True)
class WaveLine:
    """`invited_count`: with a letter that was handed to the outbox; of these delivered and answered ones.
    `waiting_count`: letters that have not left, reminders too.

    `next_at`: when it goes on, None where it is over.
    """

    id: int
    questionnaire_id: int
    segment_id: int | None
    segment_name: str
    channels: tuple[Channel, ...]
    state: WaveState
    starts_at: datetime
    reminds_at: datetime | None
    next_at: datetime | None
    invited_count: int
    passed_over_count: int
    reminded_count: int
    waiting_count: int
    delivered_count: int
    answered_count: int
    created_at: datetime
    created_by_id: int | None

    @property
    def may_stop(self) -> bool:
        is_over = self.state in {WaveState.DONE, WaveState.STOPPED}
        return not is_over or (self.state is WaveState.DONE and self.waiting_count > 0)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """`asked`: people of the segment, of whom `by_channel` would be invited. `reasons`: why not, without the already invited.

    `is_whole` False: only the first people of a large segment were looked at, all figures are theirs.
    """

    asked: int
    already_invited: int
    reasons: Mapping[PassedOver, int]
    by_channel: Mapping[Channel, int]
    is_whole: bool = True

    @property
    def invited(self) -> int:
        return sum(self.by_channel.values())


@dataclass(frozen=True, kw_only=True)
class ReasonLine:
    """`words`: a msgid."""

    reason: PassedOver | NotReminded
    words: str
    count: int
