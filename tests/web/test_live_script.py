"""static/live.js in a real browser: a tab that nobody looks at holds no connection."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from darkhorse import web

SCRIPT = Path(web.__file__).parent / "static" / "live.js"
BROWSER = shutil.which("chromium")
PAGE = f"""
<main data-live="/live"><p id="said">at first</p></main><pre></pre>
<script>
  const streams = [];
  window.EventSource = class extends EventTarget {{
    constructor(url) {{ super(); this.url = url; streams.push(this); }}
    close() {{ this.isClosed = true; }}
  }};
  const open = () => streams.filter((each) => !each.isClosed).map((each) => each.url);
  const note = (word) =>
    document.querySelector("pre").append(`${{word}}: ${{open()}} of ${{streams.length}}\\n`);
  function look(hidden) {{
    Object.defineProperty(document, "hidden", {{ value: hidden, configurable: true }});
    document.dispatchEvent(new Event("visibilitychange"));
  }}
  const tell = (name, data) =>
    streams.at(-1).dispatchEvent(new MessageEvent(name, {{ data }}));
</script>
<script src="{SCRIPT.as_uri()}"></script>
<script>
  addEventListener("load", () => setTimeout(() => {{
    note("shown");
    look(true); note("hidden");
    look(false); note("shown again");
    tell("put", JSON.stringify({{ said: "later" }}));
    dispatchEvent(new Event("pagehide")); note("left");
    dispatchEvent(new Event("pageshow")); note("back");
    tell("over", "{{}}"); look(true); look(false); note("over");
  }}, 0));
</script>
"""


@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
def test_it_watches_only_while_the_page_is_seen(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=500"),
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)[1].splitlines() == [
        "shown: /live of 1",
        "hidden:  of 1",
        "shown again: /live of 2",
        "left:  of 2",
        "back: /live of 3",
        "over:  of 3",
    ]
    assert '<p id="said">later</p>' in done.stdout
