"""The command line of the power plant: `python -m hub.supervisor demo|demo-stop|run|plant|shared|servers`."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import config
from hub.supervisor.binaries import debian_programs
from hub.supervisor.crews import machines, web
from hub.supervisor.demo import Demo
from hub.supervisor.embedded import Plant, explain_place, prepare_var
from hub.supervisor.files import take_lock
from hub.supervisor.shared import run_shared
from hub.supervisor.signals import end_on_signals, ignore_signals
from hub.supervisor.station import CHECKOUT, FLASK, Station, say

VAR = CHECKOUT / "var"
WEB_PORT = 8000


def main() -> int:
    """Read the arguments, run one command, return its exit code; a refusal is a sentence, not a traceback."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.run(arguments) or 0)
    except (RuntimeError, OSError) as error:
        say(str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hub.supervisor", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (
        ("demo", demo),
        ("demo-stop", demo_stop),
        ("run", run_all),
        ("plant", plant),
        ("shared", shared),
        ("servers", servers),
        ("only", only),
    ):
        command = commands.add_parser(name, help=run.__doc__)
        command.add_argument("--var", type=Path, default=VAR)
        command.set_defaults(run=run)
        if name in {"demo", "run", "only"}:
            command.add_argument("--port", type=int)
        if name == "demo":
            command.add_argument("--detach", action="store_true")
            command.add_argument("--reset", action="store_true")
        if name in {"run", "only"}:
            command.add_argument("--host", default="127.0.0.1")
        if name == "only":
            command.add_argument("process", help="web, worker, clock, mailbox or events")
        if name == "plant":
            command.add_argument("--fast", action="store_true")
        if name == "servers":
            command.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def demo(arguments: argparse.Namespace) -> None:
    """Open the demo; --detach returns when it is ready, --reset starts anew."""
    here = Demo(arguments.var)
    if arguments.detach:
        here.detach(port=arguments.port, fresh=arguments.reset)
    else:
        here.run(config.inherited(), port=arguments.port, fresh=arguments.reset)


def demo_stop(arguments: argparse.Namespace) -> None:
    """End the demo."""
    Demo(arguments.var).stop()


def run_all(arguments: argparse.Namespace) -> None:
    """Run the production processes on DATABASE_URL and REDIS_URL, or on embedded servers, until a signal."""
    lock = take_lock(prepare_var(arguments.var) / "run.lock")
    if lock is None:
        say(f"Comptoir is running already with its files in {arguments.var}.")
        return
    end_on_signals()
    with lock:
        _run_alone(arguments)


def _run_alone(arguments: argparse.Namespace) -> None:
    station = Station(arguments.var, config.inherited({"COMPTOIR_VAR": str(arguments.var.resolve())}))
    port = arguments.port or WEB_PORT
    try:
        station.open_servers()
        station.step("Bringing the database up to date.", *FLASK, "db", "upgrade")
        page = web(station.environ, host=arguments.host, port=port)
        station.open([*machines(station.environ), page], ready_url=f"http://127.0.0.1:{port}/ready")
        say(f"Comptoir listens on {arguments.host}:{port}.")
        if code := station.step("Looking whether it is set up.", *FLASK, "setup-code", "--if-needed").strip():
            say(f"This installation is empty. Open its address and type the set-up code: {code}")
        station.keep()
    except KeyboardInterrupt:
        say("Stopping.")
    finally:
        ignore_signals()
        station.close()


def only(arguments: argparse.Namespace) -> None:
    """Become one process of the crew, for machines where something else keeps processes up."""
    environ = config.inherited()
    crew = [*machines(environ), web(environ, host=arguments.host, port=arguments.port or WEB_PORT)]
    kinds = {program.name.split("-")[0]: program for program in crew}
    if arguments.process not in kinds:
        raise RuntimeError(f"There is no process {arguments.process}: choose one of {', '.join(kinds)}.")
    program = kinds[arguments.process]
    os.chdir(program.cwd)
    os.execve(program.command[0], program.command, environ)  # noqa: S606 - a fixed command; no shell is wanted


def plant(arguments: argparse.Namespace) -> None:
    """Keep only the embedded servers up until a signal."""
    end_on_signals()
    station = Station(arguments.var, {})
    try:
        station.plant.start(arguments.var, durable=not arguments.fast)
        if station.plant.is_attached:
            say(f"The servers in {arguments.var} are running already.")
            return
        say(*filter(None, [explain_place(arguments.var)]), f"The servers in {arguments.var} are ready.")
        station.keep()
    except KeyboardInterrupt:
        pass
    finally:
        ignore_signals()
        station.close()


def shared(arguments: argparse.Namespace) -> None:
    """Keep the servers that test processes share."""
    run_shared(arguments.var)


def servers(arguments: argparse.Namespace) -> int:
    """Run a command with DATABASE_URL and REDIS_URL of Debian's own servers, started in a passing folder."""
    programs = debian_programs()
    if programs is None:
        say("Left out: Debian's postgresql and redis-server are not installed here.")
        return 0
    end_on_signals()
    with tempfile.TemporaryDirectory(prefix="comptoir-servers-") as folder, Plant() as passing:
        Path(folder).chmod(0o711)
        addresses = passing.start(Path(folder) / "var", durable=False, programs=programs)
        handed = {"DATABASE_URL": addresses.database_url, "REDIS_URL": addresses.redis_url}
        try:
            return subprocess.run(arguments.rest, env=config.inherited(handed), check=False).returncode
        finally:
            ignore_signals()
            passing.stop(forget=True)


if __name__ == "__main__":
    sys.exit(main())
