"""Writes docs/mails.md: what every delivered mail needs, from the mails' own files."""

from hub.content.catalog import BuiltinMail, Variable, find_about, get_builtin, list_keys
from hub.content.words import Automatic

_HEAD = """\
# The mails and their values

Generated from `hub/templates/mail/*/mail.toml`; `.venv/bin/python -m tests.content.refresh` rewrites this
page and the golden files.

A mail is filled with **one flat `dict[str, str]`**. `rendering.render(queries.get_version(id), values)`
gives `subject`, `html` and `text`.

- Values are plain text, never HTML and never escaped: rendering escapes. Dates, money and delays come
  already in words of the mail's language; `hub/content/phrases.py` makes them (`salutation`,
  `day_in_words`, `moment_in_words`, `hour_in_words`, `expected_reply_in_words`, `duration_in_words`,
  `money_in_words`, `begins_with_greeting`, `social_values`), `hub/content/listing.py` makes those of products
  (`product_values`), `hub/orders/items.py` lines of articles (`items_in_words`).
- A value that is absent, `""` or only blank is *missing*. A missing **required** value raises
  `MissingValue` (it names the variable; nothing is sent). A missing optional value removes its whole
  section, in HTML and in plain text alike.
- Values that a mail does not know are ignored: one gatherer may hand the same dict to several mails.
- Links (`link`, `act`) must be absolute http(s) addresses, else `UnsafeLink`. `act` links act in the
  receiver's name; the copy that staff see (`render(version, values, is_copy=True)`) carries `#` in their
  place.
- `lines` and `quote` keep line breaks. `text` becomes one line.
- The store's sender name and the headers are the outbox's. *automatic* is the value of `Auto-Submitted`;
  such a mail also carries the other loop headers (`rules.automatic_headers`). The acknowledgement has no
  variable that could carry the sender's words.
- The review link is the same for every respondent: `thanks` suits any score and goes to all at D+1.

## Writing a mail

One folder per mail in `hub/templates/mail/`: `mail.toml` (group and position in the list, purpose, the tables of
`variables.toml` it `uses`, variables of its own), `mail.j2` (the blocks, in order), `fr.toml` and `en.toml` (`name` and
`about` for the staff, then the words; `sms` is the same message as SMS). `mail.j2` is rendered twice, with the MJML blocks (`_mjml.j2`, all looks) and
with the plain-text blocks (`_text.j2`): HTML and text cannot drift. In the words, `[[name]]` is a value,
`[[?name]]…[[/name]]` is kept when there is a value, `[[!name]]…[[/name]]` when there is none, `**x**` is strong.
A value that may be missing must stand in its own section or have a fallback, else publication is refused.

"""


def mails_page() -> str:
    """Return the whole page in Markdown."""
    common = get_builtin(list_keys()[0], "fr").variables[:5]
    names = {variable.name for variable in common}
    parts = [_HEAD, "## Values every mail knows\n", _table(list(common)), ""]
    for key in list_keys():
        french = get_builtin(key, "fr")
        own = [v for v in french.variables if v.name not in names or v != _by_name(common, v.name)]
        parts += [f"## {key}\n", find_about(key, "en"), "", _facts_of(french), "", _table(own), ""]
    return "\n".join(parts).rstrip() + "\n"


def _facts_of(mail: BuiltinMail) -> str:
    """Return the line about purpose and headers."""
    automatic = mail.automatic if mail.automatic != Automatic.NO else "no (a person wrote it)"
    unsubscribe = "yes" if mail.has_unsubscribe else "no"
    return f"Purpose: {mail.purpose} · automatic: {automatic} · unsubscribe and preferences: {unsubscribe}"


def _by_name(variables: tuple[Variable, ...], name: str) -> Variable | None:
    """Return the variable of that name, if there is one."""
    return next((variable for variable in variables if variable.name == name), None)


def _table(variables: list[Variable]) -> str:
    """Return one Markdown table of variables."""
    rows = ["| name | kind | required | what | example |", "|---|---|---|---|---|"]
    for variable in variables:
        example = variable.example.replace("\n", "⏎")
        need = "**yes**" if variable.is_required else "no"
        rows.append(f"| `{variable.name}` | {variable.kind} | {need} | {variable.about} | {example} |")
    return "\n".join(rows)
