"""Doors for machines: the nightly files of all figures, their list and each of them. Described at openapi.json."""

from flask import jsonify, send_file
from flask.typing import ResponseReturnValue

from hub.blueprints.api import blueprint, check_query, key_rate
from hub.blueprints.api_exports_shapes import PACKED, export
from hub.blueprints.api_statistics import read_viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.pages import limiter
from hub.core import files
from hub.staff.words import ApiScope
from hub.statistics.exports.queries import access_export, list_exports

WAYS = {"list_figure_files": ApiScope.STATISTICS_READ, "fetch_figure_file": ApiScope.STATISTICS_READ}


@blueprint.get("/statistics/exports")
@limiter.limit("120/minute", key_func=key_rate)
def list_figure_files() -> ResponseReturnValue:
    """The newest night first; the whole list, which is short."""
    check_query()
    return jsonify(exports=[export(row) for row in list_exports(read_viewer())])


@blueprint.get("/statistics/exports/<name>")
@limiter.limit("120/minute", key_func=key_rate)
def fetch_figure_file(name: str) -> ResponseReturnValue:
    """Its ETag is its SHA-256: who has it already is answered with 304."""
    row = access_export(name, read_viewer())
    answer = send_file(files.find_path(row.sha256), mimetype=PACKED, etag=row.sha256, conditional=True)
    answer.headers["Content-Disposition"] = as_download(row.name)
    return answer
