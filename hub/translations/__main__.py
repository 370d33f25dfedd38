"""`python -m hub.translations`: merge the fragments into the catalogues the pages read."""

import sys

from hub.translations import write_catalogs

for path in write_catalogs():
    sys.stdout.write(f"{path.parent.parent.name}: {path.stat().st_size} bytes\n")
