"""Free-text delivery reports: recognising them, cutting off the returned mail, and finding the address."""

import re

MAX_WORDS = 8_000
_DAEMON = re.compile(
    r"\A(?:mailer-?daemon|mail-?daemon|post-?_?master|poostmaster|mailerdaemon|mdaemon|mmsc|mail-?delivery|"
    r"bounces?|complaints?|mailer|delivery|auto-?notify|mailsystem|system|administrat(?:or|eur)|sysadmin|root|no-?reply)\b",
    re.IGNORECASE,
)
_STRICT_DAEMON = re.compile(
    r"\A(?:mailer-?daemon|mail-?daemon|mailerdaemon|mdaemon|post-?_?master|poostmaster)\b", re.IGNORECASE
)
_MACHINE_ONLY = re.compile(
    r"\A(?:mailer-?daemon|mail-?daemon|microsoftexchange[0-9a-f]{20,})@", re.IGNORECASE
)
"""Nobody writes from these, in whatever language the mail is; a person may sit behind postmaster."""
_CERTIFIED = re.compile(r"\A(?:posta-certificata|servizio-pec)@", re.IGNORECASE)
_CERTIFIED_RECEIPT = re.compile(
    r"\A\W*(?:avviso di (?:mancata consegna|non accettazione)|accettazione|consegna|presa in carico) ?:",
    re.IGNORECASE,
)
"""Receipts of Italy's certified mail; people's own mails come from the same address as POSTA CERTIFICATA."""
_DAEMON_NAMES = re.compile(
    r"mail delivery (?:sub)?system|mailer-?daemon|delivery (?:status )?notif|mail administrator|postmaster|"
    r"mail delivery|content-filter at|administrateur syst|microsoft outlook|internet mail delivery",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|undelivered|delivery (?:status )?(?:notification|fail|report|error|problem|has failed|has been delayed)|"
    r"(?:failure|bounce|warning|error) (?:notice|notification)|returned (?:mail|to sender)|mail (?:delivery )?(?:fail|system error|error|could not)|"
    r"message (?:undeliverable|status|delayed|not delivered|could not be)|could not (?:be )?(?:deliver|send)|non[- ]?remi[st]|"
    r"non[- ]?deliver|not delivered|delivery failed|[ée]chec (?:de (?:la )?)?(?:remise|livraison du message|distribution|d'envoi|de l'envoi|envoi)|"
    r"non[- ](?:distribu|d[ée]livr|remis|acheminable)|avis de non|message non (?:remis|distribu|d[ée]livr)|unzustellbar|returned mail|"
    r"rapport de non|notification d'[ée]tat de (?:la )?remise|postmaster notify|error sending|mail delivery|mail failure|warning: (?:could not|message)|"
    r"disallowed|automatically rejected|エラー通知|配信(?:不能|エラー)|cannot be delivered|rejected mail|nondeliverable|non recapitabile|no entregado",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:could|can|was|were|has|have) ?n[o']t (?:be )?(?:deliver|sent|reach)|(?:was|were|is) undeliver|unable to deliver|undeliverable|"
    r"delivery (?:to the following|has failed|failed|status)|did not reach|permanent (?:fatal )?error|fatal errors|wasn'?t able to deliver|"
    r"n'a pas (?:pu|[ée]t[ée]) (?:[êe]tre )?(?:remis|d[ée]livr|distribu|achemin|envoy)|impossible de (?:remettre|d[ée]livrer|distribuer)|"
    r"mail delivery|remote host said|smtp error|returned mail|trouble delivering|error (?:in )?(?:sending|delivering)|5\d\d[ -]5\.\d+\.\d+|"
    r"not delivered|has been delayed|failed recipient|mailbox is full|echec de|rejected|error message below|"
    r"invalid (?:user|recipient|address)|no such user|user unknown|unknown user",
    re.IGNORECASE,
)
_SUBJECT_ABROAD = re.compile(
    r"no se (?:puede|pudo|ha podido) entregar|correo devuelto|error (?:de|en la) entrega|(?:mensagem |n[aã]o )entregue|falha na entrega|"
    r"n[aã]o foi poss[ií]vel entregar|niet (?:bezorgd|afgeleverd|bestelbaar)|onbestelbaar|(?:bezorging|aflevering) mislukt|nie (?:można|udało się) dostarczyć|"
    r"niedostarczon|nie dostarczono|mancato recapito|impossibile recapitare|(?:consegna|recapito) non riuscit|zustell(?:ung|fehler)|"
    r"nedoručiteln|nelze doručit|olevererbar|kan (?:inte|ikke) leve?reras?|ei voitu toimittaa|kézbesíthetetlen|не доставлено|недоставленн|"
    r"(?:delivery|mail) delayed|delayed mail|remise (?:diff[ée]r|retard)|verzögert|vertraagd|entrega (?:retrasada|atrasada)|recapito ritardato|opóźnion",
    re.IGNORECASE,
)
_BODY_ABROAD = re.compile(
    r"(?:remise|livraison|distribution).{0,60}(?:a [ée]chou[ée]|a [ée]t[ée] diff[ée]r|a [ée]t[ée] retard)|fehler bei der (?:nachrichten)?zustellung|"
    r"nicht (?:zugestellt|zustellbar)|error de entrega|no se (?:puede|pudo|ha podido) entregar|(?:recapito|consegna) non riuscit|non (?:è|e) stato (?:possibile )?"
    r"(?:recapita|consegna)|bezorging is mislukt|niet (?:worden )?(?:bezorgd|afgeleverd)|falha na entrega|n[aã]o (?:foi|p[oô]de) (?:poss[ií]vel )?(?:ser )?entreg|"
    r"nie (?:powiodło|powiodlo) się|nie (?:można|udało się|została) dostarcz",
    re.IGNORECASE,
)
"""Carriers write so about parcels too: asked only of what a mail system sent."""
_STRONG_BODY = re.compile(
    r"could not be delivered to|(?:was|were) not delivered to|undeliverable to|delivery to the following (?:recipient|address)|"
    r"did not reach the following|as their mailbox is full|user unknown|n'a pas pu [êe]tre (?:remis|distribu|d[ée]livr)\S* [àa]|送信できませんでした",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"^[ \t>]*(?:"
    r"-{2,}[ \t]*(?:below (?:this line|the next line)|this is (?:a|the) copy|original (?:message|mail)|enclosed is|unsent message|returned (?:message|mail)|"
    r"the (?:body|header)|forwarded|start of|undelivered message|message (?:header|body|text)|included is|rejected message|transcript of message|copy of|header).*"
    r"|(?:message|original|returned) headers? follow.*|included is a copy.*|original message (?:headers|follows|header).*|(?:the )?(?:original|unsent|returned) message(?: headers)?(?: follow\w*| is attached)?:?[ \t]*"
    r"|(?:received|return-path|dkim-signature|x-[a-z-]+|delivered-to|mime-version|arc-seal|authentication-results):[ \t].*"
    r"|the (?:first|header).{0,40}(?:lines|message) (?:of|was|follow).*|-----original.*"
    r")$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = r"[^\s<>()\[\]\"',;:=]{1,100}@[^\s<>()\[\]\"',;:=]{0,200}[^\s<>()\[\]\"',;:=.]"
_RECIPIENT_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"^[ \t>]*(?:original|final)-recipient:.*?({_ADDRESS})",
        rf"^[ \t]*(?:failed recipient|recipient|recipient address|destinataire|rcpt to|to|address|adresse|invalid address|unknown address)[ \t]*:[ \t]*<?(?:rfc822;)?[ \t]*({_ADDRESS})",
        rf"^[ \t]*<({_ADDRESS})>[ \t]*(?:\([^)\n]*\))?[ \t]*[:.\n(]",
        rf"rcpt to:[ \t]*<({_ADDRESS})>",
        rf"(?:deliver(?:ed|ing|y|able)?|send|sent|remis|envoy\S+|mail|recipients?\S*|address\S*|message|adresse|destinataire\S*|following|relayed|failed|reach)\b[^\n@]{{0,60}}?[\s<:\"'(]({_ADDRESS})",
        rf"^[ \t]*<?({_ADDRESS})>?[ \t]*(?:\n|:|\.\.\.|on |\()",
        rf"<({_ADDRESS})>",
        rf"({_ADDRESS})",
    )
)


def is_daemon(from_address: str, from_name: str) -> bool:
    """Whether a sender looks like the mail system of some host."""
    return bool(_DAEMON.match(from_address) or _DAEMON_NAMES.search(from_name))


def is_strict_daemon(from_address: str) -> bool:
    """Whether the sender is mailer-daemon or postmaster, which only the listed signals know."""
    return bool(_STRICT_DAEMON.match(from_address))


def looks_like_report(
    *, subject: str, text: str, from_address: str, from_name: str, is_null_sender: bool
) -> bool:
    """Whether a mail without machine-readable parts is a delivery report; a human who quotes one is not."""
    if _MACHINE_ONLY.match(from_address) or (is_null_sender and is_strict_daemon(from_address)):
        return True
    if _CERTIFIED.match(from_address):
        return bool(_CERTIFIED_RECEIPT.match(subject))
    is_certain = is_strict_daemon(from_address) or bool(_DAEMON_NAMES.search(from_name))
    if not (is_certain or is_null_sender or is_daemon(from_address, from_name)):
        return False
    has_subject, has_body = bool(_SUBJECT.search(subject)), bool(_BODY.search(text[:6_000]))
    if is_certain:
        return (
            has_subject
            or has_body
            or bool(_SUBJECT_ABROAD.search(subject) or _BODY_ABROAD.search(text[:6_000]))
        )
    return (has_subject and has_body) or (is_null_sender and bool(_STRONG_BODY.search(text[:3_000])))


def cut_original(text: str) -> tuple[str, str]:
    """(words of the reporter, returned mail as text)."""
    for match in _CUT.finditer(text):
        if text[: match.start()].strip():
            return text[: match.start()], text[match.start() :]
    return text, ""


def find_recipient(text: str, *, not_these: frozenset[str]) -> str | None:
    """The failed address in the words of the reporter; `not_these` (lower case) are our own and the reporter's."""
    for pattern in _RECIPIENT_PATTERNS if "@" in text else ():
        for match in pattern.finditer(text[:MAX_WORDS]):
            address = match[1].strip("<>.").removeprefix("rfc822;")
            if address.lower() not in not_these and not address.lower().startswith(
                ("postmaster@", "mailer-daemon@")
            ):
                return address
    return None
