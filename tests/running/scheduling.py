"""Which test process runs what: those of the whole installation share one, those with forked workers too.

Instead of `--dist loadgroup`: pytest-xdist 3.8 marks groups in a place that pytest 9.2 no longer reads.
"""

from xdist.scheduler import LoadScopeScheduling

WHOLE = ("tests/browser/", "tests/flows/test_main_job.py")
FORKED = tuple(f"tests/flows/test_{name}" for name in ("many", "mail", "no_lost", "phone", "sending"))


class HouseScheduling(LoadScopeScheduling):
    """The largest groups go first, which are the slow ones: from outside, and with worker processes from one nursery."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(WHOLE):
            return "whole installation"
        return "forked workers" if nodeid.startswith(FORKED) else nodeid
