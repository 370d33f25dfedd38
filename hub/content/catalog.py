"""The mails delivered with the product: which exist, and which variables each one needs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hub.content.words import LANGUAGES, Automatic, TemplateGroup, VariableKind

SOURCES = Path(__file__).resolve().parent.parent / "templates" / "mail"

_FOOTER_LINKS = {
    "preferences_url": {
        "kind": "act",
        "required": True,
        "example": "https://relation.verel.example/preferences/kd83hq7",
        "about": "preference centre of this address (signed link)",
    },
    "unsubscribe_url": {
        "kind": "act",
        "required": True,
        "example": "https://relation.verel.example/unsubscribe/kd83hq7",
        "about": "the same address as in List-Unsubscribe",
    },
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One value a mail takes; `fallback` ("" = none) stands in when the value is missing."""

    name: str
    kind: VariableKind
    is_required: bool
    fallback: str
    example: str
    about: str


@dataclass(frozen=True, slots=True, eq=False)
class BuiltinMail:
    """One delivered mail in one language, as its files say: one object a process, told apart by itself in caches."""

    key: str
    language: str
    purpose: str
    automatic: Automatic
    has_unsubscribe: bool
    variables: tuple[Variable, ...]

    def examples(self) -> dict[str, str]:
        """Return the example value of every variable, required or not."""
        return {variable.name: variable.example for variable in self.variables}


@cache
def list_keys() -> tuple[str, ...]:
    """Return the keys of all delivered mails in alphabetical order."""
    return tuple(sorted(path.parent.name for path in SOURCES.glob("*/mail.toml")))


def find_name(key: str, language: str) -> str:
    """Return what staff call a delivered mail: the `name` of its file, else its key in words."""
    path = SOURCES / key / f"{language}.toml"
    name = read_toml(path).get("name", "") if key in list_keys() and path.is_file() else ""
    return str(name) or key.replace("_", " ").capitalize()


@cache
def find_place(key: str) -> tuple[TemplateGroup | None, int]:
    """Return where a delivered mail stands in the list: its group and its place there; (None, 0) for any other."""
    if key not in list_keys():
        return None, 0
    mail = read_toml(SOURCES / key / "mail.toml")
    return TemplateGroup(mail["group"]), mail["position"]


def find_about(key: str, language: str) -> str:
    """Return the sentence that says what a delivered mail is for; "" for any other."""
    path = SOURCES / key / f"{language}.toml"
    return str(read_toml(path)["about"]) if key in list_keys() and path.is_file() else ""


@cache
def read_toml(path: Path) -> Mapping[str, Any]:
    """Return the content of one TOML file: read once, never to be written to."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def shared_tables() -> Mapping[str, Mapping[str, Any]]:
    """Return the values that several mails take, as tables by what they are about."""
    return read_toml(SOURCES / "variables.toml")


@cache
def get_builtin(key: str, language: str) -> BuiltinMail:
    """Return one delivered mail; KeyError when there is no such key or language."""
    if language not in LANGUAGES or key not in list_keys():
        raise KeyError(f"{key}/{language}")
    mail = read_toml(SOURCES / key / "mail.toml")
    tables: dict[str, Any] = {**read_toml(SOURCES / "common.toml")["variables"]}
    for used in mail.get("uses", []):
        tables |= shared_tables()[used]
    tables |= mail.get("variables", {})
    if mail["has_unsubscribe"]:
        tables |= _FOOTER_LINKS
    fallbacks = read_toml(SOURCES / f"common.{language}.toml")["fallbacks"]
    return BuiltinMail(
        key=key,
        language=language,
        purpose=mail["purpose"],
        automatic=Automatic(mail["automatic"]),
        has_unsubscribe=mail["has_unsubscribe"],
        variables=tuple(read_variable(name, table, language, fallbacks) for name, table in tables.items()),
    )


def read_variable(
    name: str, table: Mapping[str, Any], language: str, fallbacks: Mapping[str, str]
) -> Variable:
    """Return the variable that one table of a TOML file describes."""
    example = table["example"]
    return Variable(
        name=name,
        kind=VariableKind(table["kind"]),
        is_required=table.get("required", False),
        fallback=fallbacks.get(name, "") if table.get("fallback", True) else "",
        example=example[language] if isinstance(example, dict) else example,
        about=table["about"],
    )
