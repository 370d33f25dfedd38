"""A segment while it is built: nodes numbered as the form names them, read from what was sent, drawn again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from hub.blueprints.segments.base import refusal
from hub.core.errors import Invalid
from hub.segments.conditions.fields import Catalog, Field
from hub.segments.conditions.reading import (
    BARE,
    COUNTED_BACK,
    LISTED,
    MOST_CONDITIONS,
    MOST_DEPTH,
    VERSION,
    read_condition,
    read_tree,
)
from hub.segments.conditions.tree import Group
from hub.segments.conditions.words import FieldGroup, Kind, Match, Source, Test

Sent = MultiDict[str, str]
MOST_NODES = MOST_CONDITIONS * 2
FEW_DAYS = 30
TRYING = frozenset({"show", "save"})


@dataclass
class Node:
    """A group (`match`) or a condition (`given`, as in a document); `number` names it in the form."""

    number: int
    match: Match | None = None
    given: dict[str, Any] = field(default_factory=dict)
    parts: list["Node"] = field(default_factory=list)
    error: str = ""

    @property
    def is_blank(self) -> bool:
        """A condition that waits for its value: nothing was tried yet."""
        value = self.given.get("value")
        ends = value if isinstance(value, list) else [value]
        return self.given.get("test") not in BARE and all(end in (None, "") for end in ends)

    def document(self) -> dict[str, Any]:
        if self.match is None:
            return self.given
        return {"match": self.match.value, "parts": [part.document() for part in self.parts]}


@dataclass
class Building:
    """The tree under construction; `added` is the number of the part that was just added.

    `is_tried`: to be counted or kept as it is, not only given a part more or less.
    """

    root: Node
    added: int | None = None
    is_tried: bool = False

    def nodes(self) -> list[Node]:
        return list(_walk(self.root))

    def next_number(self) -> int:
        return max(node.number for node in self.nodes()) + 1

    def document(self) -> dict[str, Any]:
        return {"version": VERSION, "root": self.root.document()}

    def find_parent(self, number: int) -> Node | None:
        return next(
            (node for node in self.nodes() if any(part.number == number for part in node.parts)), None
        )

    def tree(self, catalog: Catalog) -> Group:
        """The conditions that can be used; the others keep what is wrong with them beside themselves."""
        for node in self.nodes():
            if node.match is None:
                node.error = _wrong_with(node.given, catalog)
        return read_tree({"version": VERSION, "root": _usable(self.root)}, catalog)

    @property
    def has_errors(self) -> bool:
        return any(node.error for node in self.nodes())


def _walk(node: Node) -> Any:
    yield node
    for part in node.parts:
        yield from _walk(part)


def _wrong_with(given: Mapping[str, Any], catalog: Catalog) -> str:
    try:
        read_condition(given, catalog)
    except Invalid as error:
        return refusal(error)
    return ""


def _usable(node: Node) -> dict[str, Any]:
    parts = [part for part in node.parts if not part.error]
    match = (node.match or Match.ALL).value
    return {"match": match, "parts": [part.given if part.match is None else _usable(part) for part in parts]}


def building_of(document: Mapping[str, Any]) -> Building:
    """A kept segment, or a ready one, to go on with."""
    counted = [0]

    def node_of(given: Mapping[str, Any]) -> Node:
        node = Node(counted[0])
        counted[0] += 1
        if "match" not in given:
            node.given = dict(given)
            return node
        node.match = Match(given["match"])
        node.parts = [node_of(part) for part in given["parts"]]
        return node

    return Building(node_of(document["root"]))


def new_building() -> Building:
    return Building(Node(0, Match.ALL))


def read_building(sent: Sent, catalog: Catalog) -> Building:
    """What stands in the form, with a part more or less when its buttons were pressed."""
    nodes: dict[int, Node] = {0: Node(0, _match(sent.get("n0-match")))}
    for number in range(1, MOST_NODES):
        parent = nodes.get(sent.get(f"n{number}-in", -1, type=int))
        if parent is None or parent.match is None:
            continue
        found = catalog.get(sent.get(f"n{number}-field", ""))
        if f"n{number}-match" in sent:
            nodes[number] = Node(number, _match(sent[f"n{number}-match"]))
        elif found is not None:
            nodes[number] = Node(number, None, _read_given(sent, f"n{number}-", found))
        else:
            continue
        parent.parts.append(nodes[number])
    building = Building(nodes[0], is_tried=sent.get("act") in TRYING)
    _act(building, sent, catalog)
    return building


def _match(text: str | None) -> Match:
    return Match(text) if text in set(Match) else Match.ALL


def _act(building: Building, sent: Sent, catalog: Catalog) -> None:
    act, _, number_text = sent.get("act", "").partition("-")
    if not number_text.isdecimal() or len(number_text) > 3:  # noqa: PLR2004 - a number of a node
        return
    number = int(number_text)
    target = next((node for node in building.nodes() if node.number == number), None)
    parent = building.find_parent(number)
    if act == "remove" and parent is not None:
        parent.parts = [part for part in parent.parts if part.number != number]
    elif target is not None and target.match is not None and building.next_number() < MOST_NODES:
        _add(building, target, act, catalog.get(sent.get(f"n{number}-new", "")))


def _add(building: Building, target: Node, act: str, chosen: Field | None) -> None:
    made = Node(building.next_number())
    if act == "group" and _depth(building, target) < MOST_DEPTH:
        made.match = Match.ANY
    elif act == "add" and chosen is not None:
        made.given = _fresh(chosen)
    else:
        return
    target.parts.append(made)
    building.added = made.number


def _depth(building: Building, target: Node) -> int:
    depth, node = 1, target
    while (parent := building.find_parent(node.number)) is not None:
        depth, node = depth + 1, parent
    return depth


def _fresh(chosen: Field) -> dict[str, Any]:
    """A condition just added: with a value that can be counted where there is an obvious one."""
    test = chosen.tests[0]
    fresh: dict[str, Any] = {"field": chosen.key, "test": test.value}
    if test in COUNTED_BACK:
        fresh["value"] = FEW_DAYS
    needed = {one.source for one in chosen.narrowings if one.is_needed}
    if Source.PURPOSE in needed:
        fresh["only"] = {"channel": ["email"], "purpose": ["promotion"]}
    return fresh


def _read_given(sent: Sent, name: str, chosen: Field) -> dict[str, Any]:
    test = sent.get(f"{name}test", "")
    given: dict[str, Any] = {"field": chosen.key, "test": test}
    if sent.get(f"{name}not") == "1":
        given["not"] = True
    if test in set(Test) and Test(test) not in BARE:
        given["value"] = _read_value(sent, name, chosen, Test(test))
    if period := _read_period(sent, name):
        given["within"] = period
    only = {one.source.value: _listed(sent, f"{name}only-{one.source.value}") for one in chosen.narrowings}
    if any(only.values()):
        given["only"] = {source: chosen_values for source, chosen_values in only.items() if chosen_values}
    return given


def _listed(sent: Sent, name: str) -> list[str]:
    """The values ticked, or typed one a line."""
    lines = [line.strip() for text in sent.getlist(name) for line in text.splitlines()]
    return [line for line in lines if line]


def _read_value(sent: Sent, name: str, chosen: Field, test: Test) -> Any:
    if test in LISTED:
        return _listed(sent, f"{name}list")
    if test in COUNTED_BACK:
        return _number(sent.get(f"{name}days", ""))
    kind = "day" if chosen.kind is Kind.DAY else "value"
    ends = [sent.get(f"{name}{kind}", ""), sent.get(f"{name}{kind}2", "")]
    read = [end.strip() if kind == "day" else _amount(end, chosen) for end in ends]
    return read if test is Test.BETWEEN else read[0]


def _amount(text: str, chosen: Field) -> Any:
    """Money is typed in units and kept in cents; what is no number stays as it was typed, to be corrected."""
    number = _number(text)
    if chosen.kind is Kind.MONEY and isinstance(number, int | float):
        return round(number * 100)
    return number


def _number(text: str) -> Any:
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".").strip("€")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text.strip()
    if not number.is_finite() or abs(number) > 10**15:
        return text.strip()
    return int(number) if number == number.to_integral_value() else float(number)


def _read_period(sent: Sent, name: str) -> dict[str, Any] | None:
    match sent.get(f"{name}period"):
        case "last":
            return {"last_days": _number(sent.get(f"{name}last-days", ""))}
        case "dates":
            days = {"from": sent.get(f"{name}from", ""), "to": sent.get(f"{name}to", "")}
            return {edge: day for edge, day in days.items() if day} or {"from": ""}
    return None


def group_of_fields(catalog: Catalog) -> list[tuple[FieldGroup, list[Field]]]:
    """The fields under their headings, for the list to add from."""
    return [
        (heading, fields)
        for heading in FieldGroup
        if (fields := [each for each in catalog.values() if each.group is heading])
    ]
