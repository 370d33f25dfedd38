"""Conditions while they are built: blocks numbered as the form names them, read from what was sent, checked one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from hub.blueprints.errors import sentence_of
from hub.blueprints.plan_editor.asking_words import param_words
from hub.core.errors import Invalid
from hub.plans import asking
from hub.plans.asking import ASKED, Param
from hub.plans.words import Ask

Sent = MultiDict[str, str]
ANY = "any"
MOST_BLOCKS = 60
CENTS = frozenset({"at_least", "at_most"})
"""Typed in the chain's money, kept in cents."""


@dataclass
class Block:
    """A condition, or with `parts` a choice of them. `given` is as stored; what cannot be read stands as it was typed."""

    number: int
    given: dict[str, Any] = field(default_factory=dict)
    parts: list["Block"] | None = None
    error: str = ""

    @property
    def ask(self) -> Ask | None:
        word = self.given.get("is")
        return Ask(word) if word in set(ASKED) else None

    def all(self) -> Iterator["Block"]:
        yield self
        for part in self.parts or ():
            yield from part.all()

    def drop(self, number: str) -> None:
        if self.parts is not None:
            self.parts = [part for part in self.parts if str(part.number) != number]
            for part in self.parts:
                part.drop(number)

    def document(self) -> dict[str, Any]:
        return self.given if self.parts is None else {ANY: [part.document() for part in self.parts]}


@dataclass
class Blocks:
    """One list of conditions, all of which must hold. `name` is its own in the form; `added` the newest block."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    added: int | None = None

    def all(self) -> Iterator[Block]:
        for block in self.blocks:
            yield from block.all()

    def documents(self) -> list[dict[str, Any]]:
        return [block.document() for block in self.blocks]

    def check(self) -> bool:
        """Whether all can be kept; what is wrong is said beside each."""
        for block in self.all():
            block.error = _wrong_with(block)
        return not any(block.error for block in self.all())


def open_blocks(name: str, stored: Sequence[Mapping[str, Any]], start: int = 1) -> Blocks:
    """The blocks of stored conditions, numbered from `start`."""
    numbers = iter(range(start, start + MOST_BLOCKS * 2))

    def block(given: Mapping[str, Any]) -> Block:
        number = next(numbers)
        if ANY in given:
            return Block(number, parts=[block(each) for each in given[ANY]])
        return Block(number, dict(given))

    return Blocks(name, [block(each) for each in stored])


def read_blocks(sent: Sent, name: str) -> Blocks:
    """What stands in the form, with a block more or less when one of its buttons was pressed."""
    found, by_number = Blocks(name), dict[str, Block]()
    for place in sent.getlist(f"{name}-block")[:MOST_BLOCKS]:
        number, _, parent = place.partition(":")
        if not number.isdecimal() or number in by_number:
            continue
        block = _read_block(sent, name, int(number))
        siblings = by_number[parent].parts if parent in by_number else found.blocks
        if block is not None and siblings is not None:
            by_number[number] = block
            siblings.append(block)
    _act(found, sent)
    return found


def _read_block(sent: Sent, name: str, number: int) -> Block | None:
    mark = f"{name}-{number}-"
    word = sent.get(f"{mark}is", "")
    if word == ANY:
        return Block(number, parts=[])
    if word not in set(ASKED):
        return None
    given: dict[str, Any] = {"is": word} | ({"not": True} if sent.get(f"{mark}not") == "1" else {})
    return Block(number, given | read_params(ASKED[Ask(word)], sent, mark))


def read_params(known: Mapping[str, Param], sent: Sent, mark: str) -> dict[str, Any]:
    """What was typed for each parameter; empty ones are left out, what is no number stays as it was typed."""
    found = {name: _read_param(param, name, sent.getlist(f"{mark}{name}")) for name, param in known.items()}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _read_param(param: Param, name: str, typed: Sequence[str]) -> Any:
    if param.is_flag:
        return True if "1" in typed else None
    plain = [text.strip() for text in typed if text.strip()]
    values = [_number(text, name) if param.least is not None else text for text in plain]
    if param.is_many:
        return values
    return values[0] if values else None


def _number(text: str, name: str) -> int | str:
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".").strip("€%")
    try:
        number = Decimal(plain) * (100 if name in CENTS else 1)
    except InvalidOperation:
        return text
    is_whole = number.is_finite() and abs(number) < 10**15 and number == number.to_integral_value()
    return int(number) if is_whole else text


def _act(found: Blocks, sent: Sent) -> None:
    """`add:when` and `any:when` add to a list, `add:when:3` to a choice in it, `drop:when:3` takes a block out."""
    verb, _, target = sent.get("act", "").partition(":")
    name, _, inside = target.partition(":")
    if name != found.name:
        return
    if verb == "drop":
        found.blocks = [block for block in found.blocks if str(block.number) != inside]
        for block in found.blocks:
            block.drop(inside)
    elif verb in {"add", ANY} and sum(1 for _ in found.all()) < MOST_BLOCKS:
        _add(found, verb, inside, sent.get(f"{name}-{inside}-new" if inside else f"{name}-new", ""))


def _add(found: Blocks, verb: str, inside: str, word: str) -> None:
    number = max((block.number for block in found.all()), default=0) + 1
    choice = next((block for block in found.all() if str(block.number) == inside), None)
    siblings = choice.parts if choice else found.blocks
    if verb == ANY:
        made = Block(number, parts=[])
    elif word in set(ASKED):
        made = Block(number, {"is": word})
    else:
        return
    if siblings is not None and (choice is None or verb == "add"):
        siblings.append(made)
        found.added = number


def _wrong_with(block: Block) -> str:
    if block.parts is not None:
        return "" if block.parts else str(gettext("Please add a condition to this choice, or take it out."))
    ask = block.ask
    if ask is None:
        return str(gettext("This condition is not known any more. Please take it out."))
    params = {name: value for name, value in block.given.items() if name not in {"is", "not"}}
    return wrong_params(ASKED[ask], params, word=ask) or _refused(block.given)


def _refused(given: Mapping[str, Any]) -> str:
    try:
        asking.read_clause(given)
    except Invalid as error:
        return sentence_of(error)
    return ""


def wrong_params(known: Mapping[str, Param], given: Mapping[str, Any], *, word: str) -> str:
    """What to correct in the parameters of a condition or of a way in, in the reader's words; "" when nothing is."""
    for name, param in known.items():
        label = param_words(name, word)
        if name in given and not param.fits(given[name]):
            return _misfit(param, name, label)
        if param.is_needed and name not in given:
            return str(gettext("Please fill in: %(label)s.", label=label))
    for group in {param.group for param in known.values() if param.group}:
        members = [name for name, param in known.items() if param.group == group]
        if not any(name in given for name in members):
            labels = ", ".join(param_words(name, word) for name in members)
            return str(gettext("Please fill in at least one of these: %(labels)s.", labels=labels))
    return ""


def _misfit(param: Param, name: str, label: str) -> str:
    if param.least is None or param.most is None:
        return str(gettext("%(label)s: this value cannot be used. Please choose another one.", label=label))
    if name in CENTS:
        return str(gettext("%(label)s: please give an amount, for example 49.90.", label=label))
    return str(
        gettext(
            "%(label)s: please give a whole number from %(least)s to %(most)s.",
            label=label,
            least=param.least,
            most=param.most,
        )
    )
