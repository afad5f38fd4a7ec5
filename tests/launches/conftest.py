import json
import select
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def scripted():
    """The URL of a scripted upstream in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "darkhorse", "scripted", "--json"], stdout=subprocess.PIPE
    )
    try:
        ready, _, _ = select.select([process.stdout], [], [], 30)
        assert ready, "the scripted upstream did not start"
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
