"""The question to DNS: off by default, asked once a domain, and no domain blamed when DNS is away."""

from hub.channels.dns_records import DnsSettings
from hub.customers.hygiene import mail_servers


def test_without_the_setting_nothing_is_asked() -> None:
    mail_servers.use(None)
    assert mail_servers.checker() is None


def test_a_dns_that_is_away_blames_nobody_and_is_left_alone() -> None:
    asked = mail_servers.MailServers(DnsSettings("127.0.0.1", port=1, timeout_seconds=0.05))
    assert all(asked(f"domain{number}.fr") for number in range(40))
    assert len(asked._known) == mail_servers.MOST_SILENT
