"""Style sheet and icon, which browsers fetch once."""

from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class LastingFiles(StaticFiles):
    """Static files that browsers keep for a year: their addresses change with their content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Answer with the file, allowed to be kept."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
