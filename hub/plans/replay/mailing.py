"""Messages of a replay at the gate: they leave, wait or never leave, and what follows counts from that."""

from collections.abc import Sequence
from datetime import datetime

from hub.core.words import Purpose
from hub.outbox.rules import Answer, Verdict
from hub.outbox.words import BlockReason, MessageState
from hub.plans import rules
from hub.plans.definitions import Definition
from hub.plans.replay.doors import Doors
from hub.plans.replay.gate import Gate
from hub.plans.replay.passages import Agenda, Answering, Letter, Sending
from hub.plans.replay.past import Past
from hub.plans.replay.reactions import ANSWERED_AT, Reactions
from hub.plans.replay.tally import Tally
from hub.plans.words import Anchor, Wait


class Mailing:
    """The way out of the passages that run together."""

    def __init__(
        self,
        definition: Definition,
        past: Past,
        gate: Gate,
        *,
        doors: Doors,
        reactions: Reactions,
        tally: Tally,
        agenda: Agenda,
    ) -> None:
        self._definition = definition
        self._past = past
        self._gate = gate
        self._doors = doors
        self._reactions = reactions
        self._tally = tally
        self._agenda = agenda

    def send(self, sending: Sequence[tuple[datetime, Sending]]) -> None:
        """Each at its moment; who has to wait comes again."""
        for at, each in sending:
            letter, verdict = each.letter, self._gate.judge(each.letter, at)
            if verdict.answer is Answer.LATER:
                self._tally.moved(letter, verdict.reason or BlockReason.QUIET_HOURS, at)
                self._agenda.add(self._when(letter, verdict, at), Sending(letter))
            elif verdict.answer is Answer.NEVER:
                self._drop(letter, verdict, at)
            else:
                self._accept(letter, at)

    def _when(self, letter: Letter, verdict: Verdict, at: datetime) -> datetime:
        """When the gate looks again; what an open grievance holds also when that is settled."""
        later = verdict.at or at
        freed_at = self._past.freed_at(letter.walk.customer_id, at)
        return min(later, freed_at) if verdict.reason is BlockReason.HOLD and freed_at else later

    def _drop(self, letter: Letter, verdict: Verdict, at: datetime) -> None:
        """What waits too long is told with what made it wait."""
        is_expired = verdict.reason is BlockReason.EXPIRED
        letter.state = MessageState.EXPIRED if is_expired else MessageState.BLOCKED
        reason = str(verdict.reason or "")
        self._tally.unsent(
            letter, f"{reason}:{verdict.detail}" if is_expired and verdict.detail else reason, at
        )

    def _accept(self, letter: Letter, at: datetime) -> None:
        """It leaves: what follows the plan's first message counts from here."""
        walk = letter.walk
        letter.state, letter.accepted_at = MessageState.ACCEPTED, at
        self._doors.note_sent(letter)
        self._tally.sent(letter, at)
        if letter.step.purpose is Purpose.SURVEY and (answer_at := self._reactions.answer_at(letter)):
            walk.values = {**walk.values, ANSWERED_AT: answer_at.isoformat()}
            self._agenda.add(answer_at, Answering(walk))
        if walk.values.get("first_message_at"):
            return
        walk.values = {**walk.values, "first_message_at": at.isoformat()}
        step = self._definition.find_step(walk.step_key)
        if step is not None and step.anchor is Anchor.FIRST_MESSAGE and walk.wait is not Wait.GRIEVANCE:
            walk.due_at = rules.due_of(step, walk.anchor_at, walk.values, time_zone=walk.time_zone)
            walk.freed_at = at
            self._agenda.wait_for_step(walk, at)
