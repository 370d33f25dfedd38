"""Puts short redirects and the pixel into mails that leave; decided once for a group, no row is written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hub.content.rendering import PreparedTemplate, Rendered
from hub.core import site
from hub.core.words import Channel, Purpose
from hub.customers.queries import get_consent_states, get_suppressed
from hub.customers.rules import Said
from hub.customers.words import ConsentAction
from hub.outbox.letter import Letter
from hub.outbox.tracking import links
from hub.outbox.tracking.policy import TrackingPolicy, is_tracked, read_policy
from hub.outbox.tracking.words import OpenPolicy
from hub.stores import queries as stores


@dataclass(frozen=True)
class Marking:
    """What is measured in a group of messages. `agreed`: the addresses that agreed to be measured, in lower case."""

    policy: TrackingPolicy
    agreed: frozenset[str] = frozenset()

    def measures_opening(self, letter: Letter) -> bool:
        """Whether its opening will be known: then it leaves with a pixel of its own."""
        return letter.channel is Channel.EMAIL and _may_measure(letter) and self.is_named(letter)

    def is_named(self, letter: Letter) -> bool:
        if self.policy.opens is OpenPolicy.CONSENTED:
            return (letter.recipient or "").strip().lower() in self.agreed
        return self.policy.opens is OpenPolicy.ALL


UNMARKED = Marking(TrackingPolicy(has_links=False, opens=OpenPolicy.OFF))


def plan_marking(letters: Sequence[Letter]) -> Marking:
    """The chain's choice, and who of the group agreed to be measured: at most two small look-ups."""
    measured = [letter for letter in letters if _may_measure(letter)]
    if not measured:
        return UNMARKED
    policy = read_policy(stores.get_chain().settings)
    if policy.opens is not OpenPolicy.CONSENTED:
        return Marking(policy)
    return Marking(policy, list_agreed([letter.recipient or "" for letter in measured]))


def list_agreed(addresses: Collection[str]) -> frozenset[str]:
    """Of these addresses, in lower case, those whose last word on open measurement is yes,
    and for which no merge made it no.
    """
    said = get_consent_states({address.strip().lower() for address in addresses if address})
    agreed = frozenset(address for address, words in said.items() if any(map(_is_agreement, words)))
    stopped = get_suppressed(agreed)
    return frozenset(each for each in agreed if f"{each}|{Purpose.OPEN_MEASUREMENT}" not in stopped)


def _is_agreement(said: Said) -> bool:
    is_about_it = said.channel is Channel.EMAIL and said.purpose is Purpose.OPEN_MEASUREMENT
    return is_about_it and said.action is ConsentAction.GIVEN


def mark(mail: Rendered, letter: Letter, version: PreparedTemplate, marking: Marking) -> Rendered:
    """The message as it leaves. The plain text of a mail keeps its addresses: there they are read, not clicked."""
    if not _may_measure(letter):
        return mail
    if letter.channel is not Channel.EMAIL:
        return _mark_phone(mail, letter, version) if marking.policy.has_links else mail
    document = mail.html
    if marking.policy.has_links:
        kept = links.acting_addresses(version, letter.values)
        document = links.rewrite(document, uuid=letter.uuid, base_url=site.base_url(), kept=kept)
    pixel = _pixel(letter, version, marking)
    return mail._replace(html=links.add_pixel(document, pixel) if pixel and document else document)


def _may_measure(letter: Letter) -> bool:
    return letter.is_measured and is_tracked(letter.purpose)


def _mark_phone(mail: Rendered, letter: Letter, version: PreparedTemplate) -> Rendered:
    """A message on a phone is its SMS text, or the plain text of the mail; a longer address becomes a short one."""
    kept = links.acting_addresses(version, letter.values)
    name = "sms_text" if mail.sms_text else "text"
    words = links.rewrite_text(getattr(mail, name), uuid=letter.uuid, base_url=site.base_url(), kept=kept)
    return mail._replace(**{name: words})


def _pixel(letter: Letter, version: PreparedTemplate, marking: Marking) -> str | None:
    if marking.policy.opens is OpenPolicy.OFF:
        return None
    is_named = marking.is_named(letter)
    token = links.pixel_token(letter.uuid) if is_named else links.version_pixel_token(version.id)
    return f"{site.base_url()}/o/{token}.gif"
