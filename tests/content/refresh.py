"""Rewrites the golden mails and docs/mails.md: `.venv/bin/python -m tests.content.refresh`."""

from functools import cache
from pathlib import Path

from hub.content.catalog import BuiltinMail, get_builtin, list_keys
from hub.content.compiling import compile_builtin
from hub.content.reference import mails_page
from hub.content.rendering import PreparedTemplate, Rendered, Spec, prepare, render
from hub.content.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "mail"
PAGE = ROOT / "docs" / "mails.md"
ALL = [(key, str(language)) for key in list_keys() for language in LANGUAGES]


@cache
def prepare_mail(mail: BuiltinMail) -> PreparedTemplate:
    """A delivered mail made ready without a database."""
    compiled = compile_builtin(mail)
    return prepare(
        version_id=0,
        key=mail.key,
        language=mail.language,
        purpose=mail.purpose,
        automatic=mail.automatic,
        specs=tuple(Spec(v.name, v.kind, v.is_required, v.fallback) for v in mail.variables),
        subject=compiled.subject,
        html_source=compiled.html,
        text_source=compiled.text,
        sms_source=compiled.sms_text,
    )


@cache
def render_known(key: str, language: str) -> Rendered:
    """The mail as the known customer, Madame Martin, gets it: every value present."""
    mail = get_builtin(key, language)
    return render(prepare_mail(mail), mail.examples())


@cache
def render_bare(key: str, language: str) -> Rendered:
    """The mail with nothing but its required values."""
    mail = get_builtin(key, language)
    needed = {v.name for v in mail.variables if v.is_required}
    return render(prepare_mail(mail), {k: v for k, v in mail.examples().items() if k in needed})


def golden_files() -> dict[Path, str]:
    """Every golden file with what it should hold."""
    files = {PAGE: mails_page()}
    for key, language in ALL:
        mail = render_known(key, language)
        files[GOLDEN / f"{key}.{language}.html"] = mail.html
        files[GOLDEN / f"{key}.{language}.txt"] = f"Subject: {mail.subject}\n\n{mail.text}"
        if mail.sms_text:
            files[GOLDEN / f"{key}.{language}.sms.txt"] = mail.sms_text + "\n"
        bare = render_bare(key, language)
        files[GOLDEN / f"{key}.{language}.bare.txt"] = f"Subject: {bare.subject}\n\n{bare.text}"
    return files


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path, content in golden_files().items():
        path.write_text(content, encoding="utf-8")
