"""A real DNS server on loopback, over UDP: answers from a small zone, or not at all."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from hub.channels.dns_records import DnsSettings

Zone = dict[tuple[str, str], list[str]]
"""(name without its last dot, kind) → records as they stand in a zone file."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        raw, reply_to = self.request
        server: Any = self.server
        query = dns.message.from_wire(raw)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        server.asked.append((name, dns.rdatatype.to_text(question.rdtype)))
        if name in server.silent:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        records = server.zone.get((name, dns.rdatatype.to_text(question.rdtype)), [])
        if records:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *records))
        elif not any(known == name for known, _ in server.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        reply_to.sendto(answer.to_wire(), self.client_address)


class DnsServer(socketserver.ThreadingUDPServer):
    """`zone` may be changed while it runs; names in `silent` get no answer."""

    daemon_threads = True

    def __init__(self, zone: Mapping[tuple[str, str], list[str]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.zone: Zone = dict(zone)
        self.silent: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    @property
    def settings(self) -> DnsSettings:
        return DnsSettings(nameserver="127.0.0.1", port=self.server_address[1], timeout_seconds=1.0)


@contextmanager
def dns_server(zone: Mapping[tuple[str, str], list[str]]) -> Iterator[DnsServer]:
    with DnsServer(zone) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
