"""What a person chose for a whole file: what happens to known customers, the statement of consent, names of ids. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.core.words import Channel, Purpose
from hub.customers.imports.rules import FILE, Proof
from hub.customers.imports.wishing import moment_of
from hub.customers.imports.words import Clash

CHANNELS = (Channel.EMAIL, Channel.SMS)
PURPOSES = (Purpose.PROMOTION, Purpose.NEWSLETTER)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """`clash`: customers the base knows; `duplicates`: those an earlier row named. The statement (`source`, `said_on`,
    `wording`) proves what rows say of consent; `covers` are channels it speaks for where the file has no column.
    """

    clash: Clash = Clash.FILL
    duplicates: Clash = Clash.FILL
    purpose: Purpose = Purpose.PROMOTION
    source: str = ""
    said_on: date | None = None
    wording: str = ""
    covers: tuple[Channel, ...] = ()
    id_source: str = FILE
    ignored: tuple[str, ...] = ()

    @property
    def statement(self) -> Proof:
        day = moment_of(self.said_on.isoformat()) if self.said_on else None
        return Proof(self.source, day, self.wording)

    def as_kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "clash": self.clash,
            "duplicates": self.duplicates,
            "purpose": self.purpose,
            "source": self.source,
            "said_on": self.said_on.isoformat() if self.said_on else None,
            "wording": self.wording,
            "covers": list(self.covers),
            "id_source": self.id_source,
            "ignored": list(self.ignored),
        }


def choices_of(kept: Mapping[str, Any]) -> Choices:
    """From JSON; what is missing is as in the beginning."""
    said_on = kept.get("said_on")
    return Choices(
        clash=Clash(kept.get("clash", Clash.FILL)),
        duplicates=Clash(kept.get("duplicates", Clash.FILL)),
        purpose=Purpose(kept.get("purpose", Purpose.PROMOTION)),
        source=kept.get("source", ""),
        said_on=date.fromisoformat(said_on) if said_on else None,
        wording=kept.get("wording", ""),
        covers=tuple(Channel(each) for each in kept.get("covers", ())),
        id_source=kept.get("id_source") or FILE,
        ignored=tuple(kept.get("ignored", ())),
    )
