"""What is looked at before a template is published: errors stop it, warnings are said. Pure; the words are the door's."""

import re
from collections.abc import Collection, Iterable, Iterator

from hub.channels.sms_text import SmsMeasure, measure, with_stop_mention
from hub.content import rules
from hub.content.blocks import FIELDS, Block, BlockKind, FieldKind
from hub.content.catalog import Variable
from hub.content.compiling import Compiled
from hub.content.composing import Content, compose
from hub.content.findings import Check, CheckCode, House, Report, found, once
from hub.content.reading import Reading, contrast, inverted, read_mail
from hub.content.rendering import (
    MARK,
    BadTemplate,
    MissingValue,
    PreparedTemplate,
    Rendered,
    Spec,
    UnsafeLink,
    is_safe_link,
    prepare,
    render,
)
from hub.content.review_links import count_review_links, is_typed_link_for_all
from hub.content.rules import SubjectFault
from hub.content.samples import find_hole, list_samples
from hub.content.support import Support, score
from hub.content.wording import find_code, has_letter
from hub.content.words import VariableKind
from hub.core.words import Purpose

LARGEST_BYTES = 100_000
LARGE_BYTES = 95_000
LEAST_CONTRAST = 4.5
MOST_SEGMENTS = 2
LEAST_SUPPORT_PERCENT = 85
ADVERTISING = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER})
NEEDS_UNSUBSCRIBE = ADVERTISING | {Purpose.SURVEY}
_TOKEN = re.compile(r"\[\[([a-z0-9_]+)\]\]")
_LEFT_OVER = re.compile(r"\[\[[^\]]{0,40}\]\]|\[\[[?!/]")
_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"\w+")
_LINKS = frozenset({VariableKind.LINK, VariableKind.ACT})
_LINK_FIELDS = {BlockKind.BUTTON: "link", BlockKind.IMAGE: "link"}
_WORDS = frozenset({FieldKind.LINE, FieldKind.LINES})
_FIELDS_SHOWN = 3


def check_content(content: Content, *, key: str, purpose: Purpose, house: House) -> Report:
    """Compile what an author wrote and look at it in every way of messages.md, "Templates (content)"."""
    early = [*_check_subject(content, house), *_check_review(content, house), *_check_typed(content)]
    if not content.blocks:
        return Report(content.language, (*early, found(CheckCode.NO_BLOCKS)))
    try:
        compiled = compose(content)
        template = prepare_content(content, compiled, key=key, purpose=purpose)
    except BadTemplate as error:
        return Report(content.language, (*early, _explain(error)))
    except (ValueError, KeyError, TypeError) as error:
        return Report(content.language, (*early, found(CheckCode.BAD_TEMPLATE, problem=error)))
    return _look(content, compiled, template, early, purpose=purpose, house=house)


def prepare_content(content: Content, compiled: Compiled, *, key: str, purpose: Purpose) -> PreparedTemplate:
    """A compiled draft made ready for rendering. Raises BadTemplate."""
    return prepare(
        version_id=0,
        key=key,
        language=content.language,
        purpose=purpose.value,
        automatic="",
        specs=specs_of(content.variables),
        subject=compiled.subject,
        html_source=compiled.html,
        text_source=compiled.text,
        sms_source=compiled.sms_text,
    )


def specs_of(variables: Iterable[Variable]) -> tuple[Spec, ...]:
    """What rendering must know of these variables."""
    return tuple(Spec(v.name, v.kind, v.is_required, v.fallback) for v in variables)


def _explain(error: BadTemplate) -> Check:
    if error.variable:
        return found(CheckCode.MISSING_FALLBACK, variable=error.variable)
    return found(CheckCode.BAD_TEMPLATE, problem=error.values["problem"])


def _look(
    content: Content,
    compiled: Compiled,
    template: PreparedTemplate,
    early: Iterable[Check],
    *,
    purpose: Purpose,
    house: House,
) -> Report:
    """The checks of what was compiled: filled for every sample customer, then read."""
    full = {variable.name: variable.example for variable in content.variables}
    mail = render(template, full)
    reading = read_mail(mail.html)
    size = len(mail.html.encode())
    support = score(reading, house.support) if house.support else None
    mention = house.stop_mentions.get(content.language, "") if purpose in ADVERTISING else ""
    sms = measure(with_stop_mention(mail.sms_text, mention)) if mail.sms_text else None
    checks = [
        *early,
        *_check_review_marks(template, house),
        *_check_samples(template, content),
        *_check_size(size),
        *_check_images(reading),
        *_check_contrast(reading),
        *_check_links(content, compiled),
        *_check_agreement(mail, reading),
        *_check_unsubscribe(content, compiled, purpose),
        *_check_support(support),
        *_check_sms(content, sms),
    ]
    return Report(content.language, once(checks), compiled, template, size, support, sms)


def _check_subject(content: Content, house: House) -> Iterator[Check]:
    if not content.subject.strip():
        yield found(CheckCode.NO_SUBJECT)
        return
    known = {variable.name: variable.example for variable in content.variables}
    if _TOKEN.fullmatch(content.subject.strip()):
        return  # the subject is another mail's: an answer keeps that of the ticket
    for finding in rules.check_subject(
        content.subject,
        specs=specs_of(content.variables),
        examples=known,
        sender_name=house.sender_name,
        chain_name=house.chain_name,
    ):
        yield found(_SUBJECT_CODES[finding.fault], detail=finding.detail)
    if not content.preheader.strip():
        yield found(CheckCode.NO_PREHEADER)


_SUBJECT_CODES = {fault: CheckCode(fault.value) for fault in SubjectFault}


def _check_review(content: Content, house: House) -> Iterator[Check]:
    """The review link goes to every respondent alike: no block that carries it may depend on anything but the link."""
    for block in content.blocks:
        if block.condition not in {"", rules.REVIEW_LINK} and _carries_review(block, house):
            yield found(CheckCode.REVIEW_GATING)


def _carries_review(block: Block, house: House) -> bool:
    if block.kind is BlockKind.REVIEW:
        return True
    words = "\n".join(block.fields.values())
    is_linked = block.get(_LINK_FIELDS.get(block.kind, "")) == rules.REVIEW_LINK
    return is_linked or rules.REVIEW_LINK in words or count_review_links(words, house.review_links) > 0


def _check_review_marks(template: PreparedTemplate, house: House) -> Iterator[Check]:
    forms = (template.html, template.text, template.sms_text)
    if not all(
        rules.is_review_link_for_all(parts) and is_typed_link_for_all(parts, house.review_links)
        for parts in forms
    ):
        yield found(CheckCode.REVIEW_GATING)


def _check_typed(content: Content) -> Iterator[Check]:
    """Fallbacks say something, and no character is written as in HTML."""
    typed = [content.subject, content.preheader, content.sms_text]
    typed += [
        block.get(each.name) for block in content.blocks for each in FIELDS[block.kind] if each.kind in _WORDS
    ]
    for variable in content.variables:
        if variable.fallback and not has_letter(variable.fallback):
            yield found(CheckCode.BAD_FALLBACK, variable=variable.name, words=variable.fallback)
        typed.append(variable.fallback)
    for code in sorted({code for words in typed if (code := find_code(words))}):
        yield found(CheckCode.HTML_CODE, detail=code)


def _check_samples(template: PreparedTemplate, content: Content) -> Iterator[Check]:
    """Fill the template for each sample customer; nothing may be missing, and nothing may look missing."""
    for sample in list_samples(content.variables, content.language):
        try:
            mail = render(template, sample.values)
        except MissingValue as error:
            yield found(CheckCode.MISSING_FALLBACK, variable=error.variable)
            continue
        except UnsafeLink as error:
            yield found(CheckCode.BAD_LINK, link=error.variable)
            continue
        preheader = read_mail(mail.html.partition("<table")[0]).hidden  # it stands before all that is drawn
        for text in (mail.subject, preheader, mail.text, mail.sms_text):
            if hole := find_hole(text):
                yield found(CheckCode.HOLE, sample=sample.key.value, detail=hole)
                break
        if (
            left := _LEFT_OVER.search(mail.text)
            or _LEFT_OVER.search(mail.subject)
            or MARK.search(mail.subject)
        ):
            yield found(CheckCode.LEFT_OVER, detail=left[0])


def _check_size(size: int) -> Iterator[Check]:
    if size >= LARGE_BYTES:
        code = CheckCode.TOO_BIG if size >= LARGEST_BYTES else CheckCode.BIG
        yield found(code, kilobytes=round(size / 1000))


def _check_images(reading: Reading) -> Iterator[Check]:
    for image in reading.images:
        if not (image.alt or "").strip():
            yield found(CheckCode.NO_ALT, source=image.source)
        if not image.source.startswith("https://") or not is_safe_link(image.source):
            yield found(CheckCode.BAD_IMAGE, source=image.source)


def _check_contrast(reading: Reading) -> Iterator[Check]:
    for shade in reading.shades:
        ratio = contrast(shade.ink, shade.paper)
        words = " ".join(shade.text.split())[:40]
        if ratio is None or ratio < LEAST_CONTRAST:
            yield found(CheckCode.CONTRAST, words=words, ratio="?" if ratio is None else f"{ratio:.1f}")
            continue
        dark = contrast(inverted(shade.ink), inverted(shade.paper))
        if dark is not None and dark < LEAST_CONTRAST:
            yield found(CheckCode.DARK_CONTRAST, words=words, ratio=f"{dark:.1f}")


def _check_links(content: Content, compiled: Compiled) -> Iterator[Check]:
    """Every link is a variable that is a link, or a complete https address; every link has words."""
    kinds = {variable.name: variable.kind for variable in content.variables}
    for link in read_mail(compiled.html).links:
        if not link.href.strip():
            yield found(CheckCode.EMPTY_LINK, words=link.words)
        elif token := _TOKEN.fullmatch(link.href):
            if kinds.get(token[1]) not in _LINKS:
                yield found(CheckCode.UNKNOWN_LINK, link=token[1])
        elif not link.href.startswith("https://") or not is_safe_link(link.href):
            yield found(CheckCode.BAD_LINK, link=link.href)
        if not link.words.strip():
            yield found(CheckCode.WORDLESS_LINK, link=link.href)


def _check_agreement(mail: Rendered, reading: Reading) -> Iterator[Check]:
    """HTML and plain text lead to the same places and say the same words."""
    here, there = {link.href for link in reading.links}, set(_ADDRESS.findall(mail.text))
    if here != there:
        yield found(CheckCode.LINKS_DIFFER, detail=_some(here ^ there))
    words = set(_WORD.findall(reading.words)) ^ set(_WORD.findall(_ADDRESS.sub(" ", mail.text)))
    if words:
        yield found(CheckCode.WORDS_DIFFER, detail=_some(words))


def _some(things: Collection[str]) -> str:
    return ", ".join(sorted(things)[:_FIELDS_SHOWN])


def _check_unsubscribe(content: Content, compiled: Compiled, purpose: Purpose) -> Iterator[Check]:
    """Advertising and surveys always, service unless it was delivered without: an answer to the customer."""
    token = "[[unsubscribe_url]]"  # noqa: S105 - a merge mark, not a secret
    is_needed = purpose in NEEDS_UNSUBSCRIBE or (purpose is Purpose.SERVICE and content.has_unsubscribe)
    if is_needed and (token not in compiled.html or token not in compiled.text):
        yield found(CheckCode.NO_UNSUBSCRIBE)


def _check_support(support: Support | None) -> Iterator[Check]:
    if support and support.percent < LEAST_SUPPORT_PERCENT:
        yield found(CheckCode.LOW_SUPPORT, percent=support.percent)


def _check_sms(content: Content, sms: SmsMeasure | None) -> Iterator[Check]:
    if sms is None:
        return
    if forcing := measure(_TOKEN.sub("", content.sms_text)).forcing_characters:
        yield found(CheckCode.SMS_UNICODE, characters=" ".join(forcing))
    if sms.segment_count > MOST_SEGMENTS:
        yield found(CheckCode.SMS_LONG, count=sms.segment_count)
