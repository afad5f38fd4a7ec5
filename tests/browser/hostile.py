"""A house where whoever can write writes payloads: strangers, engines, and the operator."""

import json
from pathlib import Path

from browser.house import House
from browser.payloads import elsewhere, in_header, payload
from browser.villain import Villain
from darkhorse.catalog.audits import Audit, Exhibit, Finding
from darkhorse.catalog.launch import Launch
from darkhorse.launches import file
from darkhorse.launches.desk import Reason
from darkhorse.wiring.launches import open_desk

__all__ = ["LAST", "SLUGS", "Villain", "be_hostile", "open_hostile"]

SLUGS = {how: f"stealth/villain-{how}" for how in ("talks", "calls", "refuses", "breaks")}
LAST = "the-last-hostile-word"


def _reason(field: str) -> Reason:
    return Reason(payload(f"who {field}", 400), payload(f"why {field}"), ("no-audit",))


def open_hostile(data: Path, villain: str) -> None:
    """Its launches: four live, one over, one revealed."""
    data.mkdir(mode=0o700)
    desk = open_desk(data)
    for how, slug in SLUGS.items():
        draft = desk.create(
            file.parse(_launch(slug, villain, how), payload("file")), _reason("create")
        )
        desk.keep_audit(draft, _audit(draft))
        desk.go_live(draft, _reason("go-live"))
    for state in ("over", "revealed"):
        text = _launch(f"stealth/villain-{state}", villain, "talks")
        launch = desk.go_live(
            desk.create(file.parse(text, "a file"), _reason("create")), _reason("go")
        )
        launch = desk.retire(launch, _reason("retire"))
        if state == "revealed":
            desk.reveal(
                launch, _reason("reveal"), text=payload("reveal"), successor=payload("next")
            )


def _launch(slug: str, villain: str, how: str) -> str:
    public = {
        "slug": slug,
        "title": payload("title"),
        "description": payload("description"),
        "disclosure": payload("disclosure"),
        "identity": payload("identity"),
        "terms": elsewhere("terms") + "?'\"><script>globalThis.__pwned='terms'</script>",
        "privacy": elsewhere("privacy") + "?\"onmouseover=globalThis.__pwned='privacy'",
        "abuse_contact": elsewhere("contact") + "?\"><script>globalThis.__pwned='contact'</script>",
        "context": 200_000,
        "max_output": 100_000,
        "parameters": ["tools", "response_format", "reasoning"],
    }
    private = {"maker": payload("maker"), "model": payload("model")}
    endpoint = {"name": "only", "url": villain, "model": f"{how}?{payload('endpoint model')}"}
    return "\n".join(
        (
            *("[public]", *_fields(public), "[private]", *_fields(private)),
            *("[[private.endpoint]]", *_fields(endpoint)),
        )
    )


def _audit(launch: Launch) -> Audit:
    """It quotes the endpoint."""
    said = [
        payload(f"{side} {what}") for side in ("raw", "public") for what in ("asked", "answered")
    ]
    finding = Finding(
        name="channel/payload",
        channel="channel",
        verdict="leaks",
        raw=payload("raw"),
        public=payload("public"),
        exhibits=(
            Exhibit(side="raw", asked=said[0], answered=said[1]),
            Exhibit(side="public", asked=said[2], answered=said[3]),
        ),
    )
    return Audit(
        id=f"aud-{launch.id.removeprefix('lch-')}",
        listing=launch.listing.slug,
        subject="0" * 64,
        at_us=launch.life.created_us,
        version="0",
        findings=(finding,),
        endpoint=payload("audited"),
    )


def _fields(values: dict[str, object]) -> list[str]:
    """Lines of TOML; its strings are JSON's but for DEL."""
    return [f"{name} = {json.dumps(value)}" for name, value in values.items()]


def be_hostile(house: House) -> None:
    """Every field of every request, in every dialect; then wait until all of it is on the desk."""
    house.browser = in_header("browser")
    key = house.villains_key = _hostile_key(house)
    for slug in SLUGS.values():
        for stream in (False, True):
            _chat(house, slug, key, stream=stream)
    _other_dialects(house, key)
    for name in ("a\ud800b", "\ud83c"):
        raw = json.dumps({"model": name, "messages": [{"role": "user", "content": name}]})
        house.post("/chat/completions", raw.encode())
    known = house.chat(SLUGS["talks"], f"{payload('prompt')} {LAST}", key=key)
    assert known.status == 200, known.text
    _tell(house, known.id)
    house.chat(SLUGS["talks"], "fills the journal file " * 3_000, key=key)
    house.wait_until_said(f"/search?q={LAST}", known.id)
    house.wait_until_said("/asked/prompts?span=hour", known.id)


def _chat(house: House, slug: str, key: str, *, stream: bool) -> None:
    tool = {"name": "look_up", "description": payload("tool"), "parameters": {"type": "object"}}
    arguments = json.dumps({"x": payload("own arguments")})
    call = {
        "id": payload("own call", 60),
        "type": "function",
        "function": {"name": "look_up", "arguments": arguments},
    }
    messages = [
        {"role": "system", "content": payload("system")},
        {"role": "user", "content": payload("prompt"), "name": "someone"},
        {"role": "assistant", "content": payload("said before"), "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": payload("tool result")},
        {"role": "user", "content": [{"type": "text", "text": payload("part")}]},
    ]
    body = {
        "model": slug,
        "messages": messages,
        "stream": stream,
        "tools": [{"type": "function", "function": tool}],
        "user": payload("user", 200),
        "session_id": payload("session", 200),
        "metadata": {payload("metadata", 60): payload("metadata value", 200)},
        payload("unknown field", 60): payload("unknown value"),
    }
    house.post("/chat/completions", body, key=key, headers=_headers("chat"))


def _headers(field: str) -> dict[str, str]:
    return {
        "HTTP-Referer": f"https://evil-{field}.invalid/{in_header('referer')}",
        "X-Title": in_header("app title"),
        "User-Agent": in_header("user agent"),
        "X-Session-Id": in_header("session header"),
    }


def _other_dialects(house: House, key: str) -> None:
    model = SLUGS["calls"]
    ask = {
        "model": model,
        "max_tokens": 100,
        "system": payload("system"),
        "metadata": {"user_id": payload("user", 200)},
    }
    said = [{"role": "user", "content": [{"type": "text", "text": payload("prompt")}]}]
    house.post("/messages", {**ask, "messages": said}, key=key, headers=_headers("messages"))
    ask = {"model": model, "instructions": payload("system"), "input": payload("prompt")}
    house.post("/responses", ask, key=key, headers=_headers("responses"))
    house.post("/completions", {"model": model, "prompt": payload("prompt")}, key=key)


def _hostile_key(house: House) -> str:
    """A key whose label is a payload."""
    made = house.post("/keys", {"name": in_header("label", 190)}, key=house.management_key)
    assert made.status in (200, 201), made.text
    key: str = json.loads(made.body)["key"]
    return key


def _tell(house: House, generation: str) -> None:
    """Reports and feedback."""
    said = {
        "what": payload("what", 100),
        "text": payload("report", 4_000),
        "listing": payload("report listing", 100),
        "generation": payload("report generation", 100),
        "contact": payload("report contact", 200),
    }
    assert house.post("/report", said).status in (200, 201)
    assert house.post(
        "/report", {**said, "listing": SLUGS["talks"], "generation": generation}
    ).status in (200, 201)
    comment = {
        "generation_id": generation,
        "category": "incorrect_response",
        "comment": payload("comment", 1_000),
    }
    report = f"/launches/{SLUGS['talks']}/report"
    notes = {"text": payload("note", 4_000), "source": in_header("source", 200)}
    link = elsewhere("note") + "?\"onclick=globalThis.__pwned='note'"
    assert house.desk_form(f"{report}/notes", **notes, link=link).status == 303
    house.post("/generation/feedback", comment, key=house.management_key)
