"""Whether a mail domain has a server that takes mail, asked of DNS when the installation allows it (DNS_CHECKS)."""

from collections.abc import Callable

from hub.channels.dns_records import DnsSettings, RecordKind, ask_all

MOST_SILENT = 5
"""After so many questions in a row without an answer DNS is taken to be away, and no domain is blamed for it."""


class _Process:
    settings: DnsSettings | None = None


def use(settings: DnsSettings | None) -> None:
    """Called once when the process is set up; None is off."""
    _Process.settings = settings


def checker() -> Callable[[str], bool] | None:
    """For `Known.has_mail_server`: asks once for each domain; None when DNS is off."""
    return MailServers(_Process.settings) if _Process.settings else None


class MailServers:
    """Asks for MX, then for an address (RFC 5321, 5.1). What DNS does not answer counts as a server."""

    def __init__(self, settings: DnsSettings) -> None:
        self._settings = settings
        self._known: dict[str, bool] = {}
        self._silent = 0

    def __call__(self, domain: str) -> bool:
        if self._silent >= MOST_SILENT:
            return True
        if domain not in self._known:
            self._known[domain] = self._ask(domain)
        return self._known[domain]

    def _ask(self, domain: str) -> bool:
        name = domain if domain.isascii() else domain.encode("idna", "replace").decode("ascii", "replace")
        asked = [(name, kind) for kind in (RecordKind.MX, RecordKind.A, RecordKind.AAAA)]
        answers = ask_all(asked, self._settings)
        is_silent = not all(each.is_answered for each in answers.values())
        self._silent = self._silent + 1 if is_silent else 0
        mail_hosts = answers[asked[0]].values
        if mail_hosts:
            return mail_hosts != ("",)
        return is_silent or any(each.values for each in answers.values())
