"""static/countdown.js in a real browser: it says what the server says, and ends when time is up."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from darkhorse import web
from darkhorse.web.views.moments import lasting

SCRIPT = Path(web.__file__).parent / "static" / "countdown.js"
BROWSER = shutil.which("chromium")
MINUTE = 60_000
LEFT_MS = [
    *(30_000, 90_000, 2 * MINUTE, 59 * MINUTE, 60 * MINUTE, 61 * MINUTE, 119 * MINUTE),
    *(1439 * MINUTE, 1440 * MINUTE, 1441 * MINUTE, 25 * 60 * MINUTE, 49 * 60 * MINUTE),
    *(123 * 60 * MINUTE, 400 * 1440 * MINUTE),
]
LATE_MS = 20_000  # after the page was opened; no value above is so near to its next words


@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
def test_it_says_what_the_server_says(tmp_path):
    left = [1, LATE_MS, *(ms + LATE_MS + 10_000 for ms in LEFT_MS)]
    said = said_after(LATE_MS, left, tmp_path)
    assert said[:2] == ["This trial has just ended."] * 2
    assert said[2:] == [f"Ends in {lasting(ms * 1000)}, on a day" for ms in LEFT_MS]


def said_after(budget_ms, left, folder):
    """What each place says in the browser `budget_ms` of its own, virtual time later."""
    places = [f'<p data-left-ms="{ms}">Ends in <strong>?</strong>, on a day</p>' for ms in left]
    page = folder / "page.html"
    page.write_text(f"<script src='{SCRIPT.as_uri()}' defer></script>{''.join(places)}")
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *(f"--user-data-dir={folder / 'profile'}", f"--virtual-time-budget={budget_ms + 500}"),
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", done.stdout)
    return [html.unescape(re.sub(r"<[^>]+>", "", each)) for each in paragraphs]
