"""The command line of the power plant: `python -m hub.supervisor plant|shared`."""

import argparse
import sys
from pathlib import Path
from time import sleep

from hub.supervisor.embedded import Plant, explain_place
from hub.supervisor.shared import run_shared
from hub.supervisor.signals import end_on_signals, ignore_signals


def main() -> None:
    """Read the arguments and run one command."""
    parser = argparse.ArgumentParser(prog="python -m hub.supervisor", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("plant", "shared"):
        command = commands.add_parser(name)
        command.add_argument("--var", type=Path, required=True)
        command.add_argument("--fast", action="store_true")
    arguments = parser.parse_args()
    if arguments.command == "shared":
        run_shared(arguments.var)
    else:
        run_plant(arguments.var, is_durable=not arguments.fast)


def run_plant(var: Path, *, is_durable: bool) -> None:
    """Keep the servers of `var` up until Ctrl+C or SIGTERM; say so and return when they run already."""
    end_on_signals()
    with Plant() as plant:
        try:
            plant.start(var, durable=is_durable)
            if plant.is_attached:
                say(f"The servers in {var} are running already.")
                return
            say(*filter(None, [explain_place(var), f"The servers in {var} are ready."]))
            while True:
                sleep(0.5)
                for name in plant.tend():
                    say(f"{name} had died and was started again.")
        except KeyboardInterrupt:
            ignore_signals()


def say(*lines: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
