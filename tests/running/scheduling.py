"""Which test process runs what: tests of the whole installation share one, the rest goes test by test.

Instead of `--dist loadgroup`: pytest-xdist 3.8 marks groups in a place that pytest 9.2 no longer reads.
"""

from xdist.scheduler import LoadScopeScheduling

WHOLE = ("tests/browser/", "tests/flows/test_main_job.py")


class HouseScheduling(LoadScopeScheduling):
    """The largest group goes first, which is the slow one from outside."""

    def _split_scope(self, nodeid: str) -> str:
        return "whole installation" if nodeid.startswith(WHOLE) else nodeid
