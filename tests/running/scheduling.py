"""Which test process runs what: those of the whole installation share one, those with forked workers too.

So do the tests of a file that shares something dear: a browser, a server, the code read once. All others go one by one.

Instead of `--dist loadgroup`: pytest-xdist 3.8 marks groups in a place that pytest 9.2 no longer reads.
"""

from xdist.scheduler import LoadScopeScheduling

WHOLE = ("tests/browser/", "tests/flows/test_main_job.py")
FORKED = tuple(f"tests/flows/test_{name}" for name in ("many", "mail", "no_lost", "phone", "sending"))

TOGETHER = (
    "tests/channels/test_twilio_media.py",
    "tests/content/test_in_a_browser.py",
    "tests/guards/test_conventions.py",
    "tests/guards/test_docs.py",
    "tests/inbox/test_found_words.py",
    "tests/live/test_streams.py",
    "tests/mailroom/",
    "tests/outbox/test_provider_hooks.py",
    "tests/parts/",
    "tests/takeover/test_large_files.py",
)


class HouseScheduling(LoadScopeScheduling):
    """The largest groups go first, which are the slow ones: from outside, and with worker processes from one nursery."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(WHOLE):
            return "whole installation"
        if nodeid.startswith(FORKED):
            return "forked workers"
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid
