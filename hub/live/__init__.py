"""The process of the live events: it keeps the streams of open pages and hears Redis once for all of them. No database."""
