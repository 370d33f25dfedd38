"""Fragments for htmx, full pages for everyone else."""

from typing import Any

from flask import render_template, request


def wants_fragment() -> bool:
    """Whether htmx asked for a part of the page (never for a page restored from history)."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def render(page: str, fragment: str, **values: Any) -> str:
    """The fragment when htmx asks for it, else the page that includes it."""
    return render_template(fragment if wants_fragment() else page, **values)
