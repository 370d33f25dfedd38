"""All benchmarks one after the other, each in a process of its own: `make bench`, JSON lines on the terminal."""

import subprocess
import sys

BENCHMARKS = (
    "customer_card",
    "customer_import",
    "desk",
    "due_rows",
    "duplicates",
    "find_or_create",
    "gate",
    "knowledge",
    "mail_in",
    "national",
    "nightly_values",
    "plan_entries",
    "plan_replay",
    "plan_results",
    "plan_steps",
    "questionnaire_answers",
    "questionnaire_memory",
    "questionnaire_results",
    "questionnaire_waves",
    "segments",
    "sending",
    "statistics",
    "statistics_pages",
    "survey",
    "ticket_list",
)


def main() -> int:
    """0 when every benchmark ran to its end."""
    failed = [
        name
        for name in BENCHMARKS
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode
    ]
    if failed:
        print(f"did not run to the end: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
