"""Which Chromium the tests drive: Debian's shell without windows, which draws nothing but the page, else the whole one."""

from pathlib import Path

BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in BROWSERS if path.exists()), BROWSERS[0])
