"""The evidence bundle as the answer to a request, for the API and for the portal."""

import tempfile
from pathlib import Path

from flask import Response

from exchange.audit.export import export_bundle
from exchange.context import get_context
from exchange.core.requests import now
from exchange.core.sending import UnlinkedFile


def send_bundle() -> Response:
    """Write everything logged so far to a file and stream it; the file is gone afterwards."""
    context = get_context()
    with tempfile.NamedTemporaryFile(dir=context.storage.incoming, suffix=".zip", delete=False) as file:
        path = Path(file.name)
    export_bundle(
        context.database, path, key=context.log_key, origin=context.settings.log_origin, now=now()
    )
    response = Response(UnlinkedFile(path), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="evidence.wdx-bundle.zip"'
    return response
