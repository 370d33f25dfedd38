"""What the sender's domains must publish, and what they do publish when DNS is asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.channels.dns_records import Answer, DnsSettings, Question, RecordKind, ask_all
from hub.core import site
from hub.outbox import sender_rules as rules
from hub.outbox.sender_rules import Fault, Finding, Result, Server, Topic
from hub.outbox.sender_setup import SenderSetup, current
from hub.stores.queries import get_chain

DEEPEST_INCLUDE = 3
TXT, MX = RecordKind.TXT, RecordKind.MX
HOSTS = (RecordKind.A, RecordKind.AAAA)
NO_ANSWER = Result(Finding.NO_ANSWER)
UNCHECKED = Result(Finding.UNCHECKED)


@dataclass(frozen=True)
class Record:
    """One line of a zone, as it is to be published."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True)
class Check:
    """`record` is None when it is not ours to know; `found` is what DNS says now."""

    topic: Topic
    record: Record | None
    result: Result
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sender:
    """Who our mails come from, and what its domains should publish."""

    name: str
    address: str
    domain: str
    return_domain: str
    setup: SenderSetup
    checks: tuple[Check, ...]
    is_checked: bool


@dataclass(frozen=True)
class _Plan:
    """The sender's domains, before and after DNS was asked."""

    sender_address: str
    return_domain: str
    server: Server
    setup: SenderSetup

    @property
    def sender_domain(self) -> str:
        return self.sender_address.rpartition("@")[2].lower()

    @property
    def dmarc_names(self) -> tuple[str, ...]:
        """The domain's own record counts; without one, that of its organisation (RFC 7489, 6.6.3)."""
        names = (self.sender_domain, rules.organisation_of(self.sender_domain))
        return tuple(dict.fromkeys(f"_dmarc.{name}" for name in names))

    @property
    def host(self) -> str:
        """The host behind an `a:` mechanism; empty when the server is named in another way."""
        return self.server.mechanism.removeprefix("a:") if self.server.mechanism.startswith("a:") else ""


def get_sender(*, is_checked: bool) -> Sender:
    """The sender page's content. DNS is asked only when `is_checked` and the setting allows it. Raises NotFound."""
    chain, setup = get_chain(), current()
    server = rules.sending_server(setup.smtp_host, mail_host=setup.mail_host)
    plan = _Plan(chain.sender_address, site.inbound_domain(), server, setup)
    answers = _ask(plan, setup.dns) if is_checked and setup.dns is not None else None
    return Sender(
        name=chain.sender_name,
        address=chain.sender_address,
        domain=plan.sender_domain,
        return_domain=plan.return_domain,
        setup=setup,
        checks=(
            _spf(plan, answers),
            _dkim(plan, answers),
            _dmarc(plan, answers),
            _return_path(plan, answers),
        ),
        is_checked=answers is not None,
    )


Answers = Mapping[Question, Answer]


def _ask(plan: _Plan, settings: DnsSettings) -> Answers:
    """Everything at once, then the records that the SPF record leads to and the addresses of the MX hosts."""
    questions: list[Question] = [(plan.return_domain, TXT), (plan.return_domain, MX)]
    questions += [(name, TXT) for name in plan.dmarc_names]
    questions += [(plan.setup.dkim.name, TXT)] if plan.setup.dkim else []
    questions += _addresses({plan.setup.mail_host, plan.host})
    answers = dict(ask_all(questions, settings))
    leads = [plan.return_domain]
    for depth in range(DEEPEST_INCLUDE):
        names = [name for lead in leads for name in rules.list_includes(answers[lead, TXT].values)]
        leads = [name for name in names[: rules.MOST_INCLUDES] if (name, TXT) not in answers]
        more: list[Question] = [(name, TXT) for name in leads]
        more += _addresses(answers[plan.return_domain, MX].values[:5]) if depth == 0 else []
        answers.update(ask_all([each for each in more if each not in answers], settings))
    return answers


def _addresses(hosts: Collection[str]) -> list[Question]:
    return [(host, kind) for host in hosts if host for kind in HOSTS]


def _addresses_of(host: str, answers: Answers) -> set[str]:
    return {value for kind in HOSTS if (host, kind) in answers for value in answers[host, kind].values}


def _spf(plan: _Plan, answers: Answers | None) -> Check:
    record = Record(plan.return_domain, "TXT", plan.server.record)
    if answers is None:
        return Check(Topic.SPF, record, UNCHECKED)
    answer = answers[plan.return_domain, TXT]
    result = rules.judge_spf(
        answer.values,
        plan.server,
        domain=plan.return_domain,
        addresses=_server_addresses(plan, answers),
        known={name: each.values for (name, kind), each in answers.items() if kind is TXT},
    )
    return Check(
        Topic.SPF,
        record,
        _sure(result, answer, answers),
        tuple(rules.spf_records(answer.values)),
    )


def _server_addresses(plan: _Plan, answers: Answers) -> set[str]:
    kind, _, address = plan.server.mechanism.partition(":")
    return {address} if kind in {"ip4", "ip6"} else _addresses_of(plan.host, answers)


def _dkim(plan: _Plan, answers: Answers | None) -> Check:
    key = plan.setup.dkim
    if key is None:
        return Check(Topic.DKIM, None, Result(Finding.ELSEWHERE))
    record = Record(key.name, "TXT", rules.dkim_record(key.public_key, key.kind))
    if answers is None:
        return Check(Topic.DKIM, record, UNCHECKED)
    answer = answers[key.name, TXT]
    result = rules.judge_dkim(answer.values, key.public_key) if answer.is_answered else NO_ANSWER
    return Check(Topic.DKIM, record, result, answer.values)


def _dmarc(plan: _Plan, answers: Answers | None) -> Check:
    record = Record(plan.dmarc_names[0], "TXT", rules.dmarc_record(plan.sender_address))
    if answers is None:
        return Check(Topic.DMARC, record, UNCHECKED)
    given = [answers[name, TXT] for name in plan.dmarc_names]
    answer = next((each for each in given if each.values or not each.is_answered), given[0])
    dkim = plan.setup.dkim
    result = rules.judge_dmarc(
        answer.values,
        sender_domain=plan.sender_domain,
        return_domain=plan.return_domain,
        dkim_domain=dkim.domain if dkim else None,
    )
    return Check(Topic.DMARC, record, result if answer.is_answered else NO_ANSWER, answer.values)


def _return_path(plan: _Plan, answers: Answers | None) -> Check:
    mail_host = plan.setup.mail_host
    record = Record(plan.return_domain, "MX", f"10 {mail_host}.")
    if answers is None:
        return Check(Topic.RETURN_PATH, record, UNCHECKED)
    answer = answers[plan.return_domain, MX]
    result = rules.judge_return_path(
        answer.values,
        mail_host,
        ours=_addresses_of(mail_host, answers),
        addresses={host: _addresses_of(host, answers) for host in answer.values},
    )
    return Check(Topic.RETURN_PATH, record, _sure(result, answer, answers), answer.values)


def _sure(result: Result, answer: Answer, answers: Answers) -> Result:
    """Nothing is called wrong when DNS was silent about what might have shown that it is right."""
    is_doubtful = result.fault in {Fault.SERVER_NOT_NAMED, Fault.OTHER_HOST}
    is_silent = is_doubtful and not all(each.is_answered for each in answers.values())
    return result if answer.is_answered and not is_silent else NO_ANSWER
