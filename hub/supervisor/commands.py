"""Several flask commands in one interpreter, parted by `--then`: starting Python and the application costs most."""

import sys
from collections.abc import Iterator

from flask.cli import FlaskGroup

APPLICATION = ("--app", "hub.app:create_app")
THEN = "--then"


def split(arguments: list[str]) -> Iterator[list[str]]:
    """Cut the arguments at each `--then`."""
    command: list[str] = []
    for argument in [*arguments, THEN]:
        if argument == THEN:
            yield command
            command = []
        else:
            command.append(argument)


def main() -> None:
    """Run the commands in order; the first that fails ends with its traceback and exit code 1."""
    for command in split(sys.argv[1:]):
        FlaskGroup().main(args=[*APPLICATION, *command], standalone_mode=False)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
