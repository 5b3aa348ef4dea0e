"""Prefect's server and what it stands on fit together: a bad upgrade of either fails here, at once."""

import asyncio
import os
import sys
from pathlib import Path

from settings import PROJECT


async def test_prefects_server_app_can_be_built(tmp_path: Path) -> None:
    """Build it in a process of its own: the import alone takes seconds and leaves settings behind."""
    building = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from prefect.server.api.server import create_app; print(len(create_app().routes))",
        cwd=PROJECT,
        env=os.environ | {"PREFECT_HOME": str(tmp_path), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await building.communicate()
    assert building.returncode == 0
    assert int(said.split()[-1]) > 1
