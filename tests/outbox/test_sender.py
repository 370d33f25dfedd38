"""What the sender's domains publish, judged by rules and asked of a real DNS server on loopback."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy.orm import Session

from config import load
from hub.channels.dkim_signing import DkimKey as SigningKey
from hub.channels.dns_records import DnsSettings, RecordKind, ask_all
from hub.core import site
from hub.outbox import sender_setup
from hub.outbox.sender_checks import Check, get_sender
from hub.outbox.sender_rules import (
    Fault,
    Finding,
    Result,
    Server,
    Topic,
    is_aligned,
    judge_dkim,
    judge_dmarc,
    judge_return_path,
    judge_spf,
    organisation_of,
    sending_server,
)
from hub.outbox.sender_setup import DkimKey, SenderSetup, choose_mail_host, public_half, read_resolver
from tests.makers.dns_server import DnsServer, dns_server
from tests.makers.stores import make_chain

RIGHT, MISSING = Result(Finding.RIGHT), Result(Finding.MISSING)
OURS = Server("a:mail.verel.example")
KEY = DkimKey("verel.example", "hub", "MIIBIjANBgkq", "rsa")


def different(fault: Fault) -> Result:
    return Result(Finding.DIFFERENT, fault)


@pytest.mark.parametrize(
    ("host", "mechanism"),
    [
        ("smtp.mailgun.org", "include:mailgun.org"),
        ("email-smtp.eu-west-3.amazonaws.com", "include:amazonses.com"),
        ("smtp-relay.brevo.com", "include:spf.brevo.com"),
        ("smtp.postmarkapp.com", "include:spf.mtasv.net"),
        ("smtp.verel.example", "a:smtp.verel.example"),
        ("203.0.113.9", "a:mail.verel.example"),
        ("9.9.9.9", "ip4:9.9.9.9"),
        ("2620:fe::fe", "ip6:2620:fe::fe"),
        ("127.0.0.1", "a:mail.verel.example"),
        ("localhost", "a:mail.verel.example"),
        (None, "a:mail.verel.example"),
        ("notmailgun.org", "a:notmailgun.org"),
    ],
)
def test_the_record_names_who_hands_the_mails_over(host: str | None, mechanism: str) -> None:
    server = sending_server(host, mail_host="mail.verel.example")
    assert (server.mechanism, server.record) == (mechanism, f"v=spf1 {mechanism} ~all")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], MISSING),
        (["google-site-verification=1"], MISSING),
        (["v=spf1 a:mail.verel.example ~all"], RIGHT),
        (["v=SPF1 +a:MAIL.verel.example. -all", "other"], RIGHT),
        (["v=spf1 ip4:9.9.9.0/24 -all"], RIGHT),
        (["v=spf1 ip6:2620:fe::/48 -all"], different(Fault.SERVER_NOT_NAMED)),
        (["v=spf1 ip4:nonsense -all"], different(Fault.SERVER_NOT_NAMED)),
        (["v=spf1 -a:mail.verel.example ~all"], different(Fault.SERVER_NOT_NAMED)),
        (["v=spf1 -all a:mail.verel.example"], different(Fault.SERVER_NOT_NAMED)),
        (["v=spf1 a:mail.verel.example +all"], different(Fault.ANYONE)),
        (["v=spf1 a:mail.verel.example ~all", "v=spf1 -all"], different(Fault.SEVERAL)),
        (["v=spf1 include:spf.other.example -all"], RIGHT),
        (["v=spf1 redirect=spf.other.example"], RIGHT),
        (["v=spf1 include:spf.elsewhere.example -all"], different(Fault.SERVER_NOT_NAMED)),
        (["v=spf10 a:mail.verel.example ~all"], MISSING),
    ],
)
def test_spf_says_who_may_send(texts: list[str], expected: Result) -> None:
    known = {
        "spf.other.example": ["v=spf1 include:deep.other.example ~all"],
        "deep.other.example": ["v=spf1 ip4:9.9.9.9 ~all"],
        "spf.elsewhere.example": ["v=spf1 include:spf.elsewhere.example ip4:8.8.8.8 -all"],
    }
    found = judge_spf(texts, OURS, domain="in.verel.example", addresses=["9.9.9.9"], known=known)
    assert found == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], MISSING),
        (["v=spf1 -all"], MISSING),
        (["v=DKIM1; k=rsa; p=MIIBIjANBgkq"], RIGHT),
        (["v=DKIM1;k=rsa; t=s; p=MIIBIj ANBgkq;"], RIGHT),
        (["p=MIIBIjANBgkq"], RIGHT),
        (["v=DKIM1; p="], different(Fault.OTHER_KEY)),
        (["v=DKIM1; p=MIIBother"], different(Fault.OTHER_KEY)),
        (["p=MIIBIjANBgkq", "p=x"], different(Fault.SEVERAL)),
    ],
)
def test_dkim_is_the_key_we_sign_with(texts: list[str], expected: Result) -> None:
    assert judge_dkim(texts, "MIIBIjANBgkq") == expected


@pytest.mark.parametrize(
    ("texts", "return_domain", "dkim_domain", "expected"),
    [
        ([], "in.verel.fr", None, MISSING),
        (["v=DMARC1; p=none"], "in.verel.fr", None, RIGHT),
        (["v=DMARC1; p=Reject; aspf=s"], "in.verel.fr", "verel.fr", RIGHT),
        (["v=DMARC1; p=none; aspf=s; adkim=s"], "in.verel.fr", "mail.verel.fr", different(Fault.NOT_ALIGNED)),
        (["v=DMARC1; p=none"], "hub.other.fr", None, different(Fault.NOT_ALIGNED)),
        (["v=DMARC1; p=none"], "hub.other.fr", "verel.fr", RIGHT),
        (["v=DMARC1"], "verel.fr", None, different(Fault.NO_POLICY)),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "verel.fr", None, different(Fault.SEVERAL)),
    ],
)
def test_dmarc_has_a_policy_and_speaks_for_the_sender(
    texts: list[str], return_domain: str, dkim_domain: str | None, expected: Result
) -> None:
    found = judge_dmarc(texts, sender_domain="verel.fr", return_domain=return_domain, dkim_domain=dkim_domain)
    assert found == expected


def test_domains_of_one_organisation_are_aligned() -> None:
    assert organisation_of("mail.shop.verel.fr") == "verel.fr"
    assert organisation_of("mail.verel.co.uk") == "verel.co.uk"
    assert organisation_of("verel") == "verel"
    assert not is_aligned("one.co.uk", "two.co.uk", is_strict=False)
    assert not is_aligned("verel.fr", "mail.verel.fr", is_strict=True)


def test_reports_come_back_by_name_or_by_address() -> None:
    assert judge_return_path([], "mail.verel.fr") == MISSING
    assert judge_return_path(["backup.fr", "mail.verel.fr"], "Mail.verel.fr") == RIGHT
    addresses = {"mx.verel.fr": ["9.9.9.9"]}
    assert judge_return_path(["mx.verel.fr"], "mail.verel.fr", ours=["9.9.9.9"], addresses=addresses) == RIGHT
    found = judge_return_path(["mx.other.fr"], "mail.verel.fr", ours=[], addresses={"mx.other.fr": []})
    assert found == different(Fault.OTHER_HOST)


def test_the_public_half_of_a_key() -> None:
    rsa = public_half(SigningKey("verel.example", "hub", generate_private_key(65537, 2048)))
    assert rsa is not None
    assert (rsa.name, rsa.kind, rsa.public_key[:8]) == ("hub._domainkey.verel.example", "rsa", "MIIBIjAN")
    small = public_half(SigningKey("verel.example", "hub", Ed25519PrivateKey.generate()))
    assert small is not None
    assert (small.kind, len(small.public_key)) == ("ed25519", 44)
    assert public_half(None) is None


ZONE = {
    ("hub.example", "TXT"): ['"v=spf1 include:spf.verel.example ~all"', '"something else"'],
    ("hub.example", "MX"): ["20 backup.example.", "10 mx.hub.example."],
    ("spf.verel.example", "TXT"): ['"v=spf1 ip4:198.51.100.7 ~all"'],
    ("mail.hub.example", "A"): ["198.51.100.7"],
    ("mx.hub.example", "A"): ["198.51.100.7"],
    ("hub._domainkey.verel.example", "TXT"): ['"v=DKIM1; k=rsa; " "p=MIIBIj" "ANBgkq"'],
    ("_dmarc.verel.example", "TXT"): ['"v=DMARC1; p=quarantine"'],
}


@pytest.fixture
def server(session: Session) -> Iterator[DnsServer]:
    """Every record is right; the DNS of the setting is this server."""
    make_chain(session)
    before = sender_setup.current()
    with dns_server(ZONE) as found:
        sender_setup.use(SenderSetup(mail_host="mail.hub.example", dkim=KEY, dns=found.settings))
        yield found
    sender_setup.use(before)


def checks() -> dict[Topic, Check]:
    assert site.inbound_domain() == "hub.example"
    return {check.topic: check for check in get_sender(is_checked=True).checks}


def results() -> dict[str, Result]:
    return {topic.value: check.result for topic, check in checks().items()}


def test_all_is_found_and_right(server: DnsServer) -> None:
    assert results() == dict.fromkeys(("spf", "dkim", "dmarc", "return_path"), RIGHT)
    assert checks()[Topic.RETURN_PATH].found == ("mx.hub.example", "backup.example")


def test_what_is_different_is_shown_beside_what_should_be(server: DnsServer) -> None:
    server.zone["hub.example", "TXT"] = ['"v=spf1 ip4:192.0.2.1 -all"']
    server.zone["hub._domainkey.verel.example", "TXT"] = ['"v=DKIM1; p=MIIBold"']
    server.zone["mx.hub.example", "A"] = ["192.0.2.1"]
    found = checks()
    assert found[Topic.SPF].result == different(Fault.SERVER_NOT_NAMED)
    assert found[Topic.SPF].found == ("v=spf1 ip4:192.0.2.1 -all",)
    assert found[Topic.SPF].record is not None
    assert found[Topic.SPF].record.value == "v=spf1 a:mail.hub.example ~all"
    assert found[Topic.DKIM].result == different(Fault.OTHER_KEY)
    assert found[Topic.RETURN_PATH].result == different(Fault.OTHER_HOST)


def test_what_is_missing_is_said(server: DnsServer) -> None:
    server.zone.clear()
    assert results() == dict.fromkeys(("spf", "dkim", "dmarc", "return_path"), MISSING)


def test_dmarc_of_the_organisation_counts(server: DnsServer, session: Session) -> None:
    from hub.stores.models import Chain

    session.query(Chain).one().sender_address = "bonjour@news.verel.example"
    session.flush()
    assert results()["dmarc"] == RIGHT
    assert ("_dmarc.news.verel.example", "TXT") in server.asked


def test_silence_is_not_called_missing_or_wrong(server: DnsServer) -> None:
    server.silent = {"hub.example", "hub._domainkey.verel.example", "_dmarc.verel.example"}
    started = time.monotonic()
    assert set(results().values()) == {Result(Finding.NO_ANSWER)}
    assert time.monotonic() - started < 6  # side by side, one time-out of a second each round
    server.silent = {"spf.verel.example"}
    assert results()["spf"] == Result(Finding.NO_ANSWER)
    assert results()["dkim"] == RIGHT


def test_off_asks_nothing_and_shows_the_records(server: DnsServer) -> None:
    sender_setup.use(SenderSetup(smtp_host="smtp.mailgun.org", mail_host="mail.hub.example", dkim=KEY))
    found = get_sender(is_checked=True)
    assert (found.is_checked, server.asked) == (False, [])
    assert {check.result.finding for check in found.checks} == {Finding.UNCHECKED}
    assert [check.record.value for check in found.checks if check.record] == [
        "v=spf1 include:mailgun.org ~all",
        "v=DKIM1; k=rsa; p=MIIBIjANBgkq",
        "v=DMARC1; p=none; rua=mailto:bonjour@verel.example",
        "10 mail.hub.example.",
    ]


def test_without_a_key_a_relay_signs(server: DnsServer) -> None:
    sender_setup.use(SenderSetup(mail_host="mail.hub.example", dns=server.settings))
    dkim = checks()[Topic.DKIM]
    assert (dkim.result.finding, dkim.record) == (Finding.ELSEWHERE, None)


def test_odd_names_and_a_dead_resolver_never_raise() -> None:
    dead = DnsSettings(nameserver="127.0.0.1", port=9, timeout_seconds=0.3)
    asked = [("a..b", RecordKind.TXT), ("x" * 70 + ".example", RecordKind.TXT), ("", RecordKind.MX)]
    found = ask_all([*asked, ("verel.example", RecordKind.TXT)], dead)
    assert len(found) == 4
    assert not found["verel.example", RecordKind.TXT].is_answered


def test_the_resolver_and_the_mail_host_are_read_from_settings() -> None:
    assert read_resolver("127.0.0.1:5353") == DnsSettings("127.0.0.1", 5353)
    assert read_resolver("9.9.9.9") == DnsSettings("9.9.9.9", 53)
    assert read_resolver("[::1]:5353") == DnsSettings("::1", 5353)
    assert read_resolver("2620:fe::fe") == DnsSettings("2620:fe::fe", 53)
    assert read_resolver(None) == DnsSettings()
    where = {"base_url": "https://hub.verel.fr", "inbound_domain": "in.verel.fr"}
    assert choose_mail_host(None, **where) == "hub.verel.fr"
    assert choose_mail_host("MX.verel.fr.", **where) == "mx.verel.fr"
    assert (
        choose_mail_host(None, base_url="http://127.0.0.1:8000", inbound_domain="in.verel.fr")
        == "in.verel.fr"
    )


def test_the_set_up_is_read_from_the_settings_of_the_process(tmp_path: Path) -> None:
    pem = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    environ = {
        "SECRET_KEY": "only for tests",
        "COMPTOIR_VAR": str(tmp_path),
        "BASE_URL": "https://hub.verel.fr",
        "INBOUND_DOMAIN": "in.verel.fr",
        "SMTP_HOST": "smtp.mailgun.org",
        "DKIM_DOMAIN": "verel.fr",
        "DKIM_SELECTOR": "hub",
        "DKIM_KEY_FILE": str(tmp_path / "key.pem"),
        "DNS_CHECKS": "1",
        "DNS_RESOLVER": "127.0.0.1:5353",
    }
    found = sender_setup.read_setup(load(environ))
    assert (found.smtp_host, found.smtp_port, found.mail_host) == ("smtp.mailgun.org", 587, "hub.verel.fr")
    assert found.dns == DnsSettings("127.0.0.1", 5353)
    assert found.dkim is not None
    assert found.dkim.name == "hub._domainkey.verel.fr"
    assert found.dkim.public_key.startswith("MIIBIjAN")
    off = sender_setup.read_setup(load({**environ, "DNS_CHECKS": ""}))
    assert off.dns is None
