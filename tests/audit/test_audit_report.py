"""The report: data with stable keys, and a page that nothing in it can break out of."""

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.audit.report import json_of, page_of, write_report
from darkhorse.catalog.audits import Audit, Exhibit, Finding
from html_reader import Reader, read_by_itself

HOSTILE = (
    "</pre></details><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "<img src=x onerror=alert(1)>",
    "</style><style>*{background:url(https://example.com)}",
    "{{ audit.__class__ }} {% raw %}",
    "\u202egnp.exe\u0000\u001b[31m",
    "\ud800 half a sign",
    "<!-- ]]> <svg onload=alert(1)>",
)
PLAIN = Finding(name="headers", channel="headers", verdict="closed", public="nothing new")


def shown(asked, answered, side="public"):
    return Exhibit(side=side, asked=asked, answered=answered)


def leak(text, name="model-name/alias"):
    return Finding(
        name=name,
        channel=name.partition("/")[0],
        verdict="leaks",
        deterministic=True,
        raw=text,
        public=text,
        exhibits=(shown(text, text), shown(text, text, side="raw")),
    )


FLOWS = "0:24 100:24 200:24 300:9 ⏎ 5:24 110:24"
RHYTHM = Finding(
    name="rhythm",
    channel="rhythm",
    verdict="reduced",
    public="no envelope shows",
    left=12.5,
    unit="bits",
    exhibits=(shown("2 streams", FLOWS), shown("2 streams", "0:3 9:4", side="raw")),
)
LENGTHS = "pieces by their characters, each part's last left out"
PIECES = Finding(
    name="piece-borders/lengths",
    channel="piece-borders",
    verdict="closed",
    public="all of 24",
    exhibits=(shown(LENGTHS, "24: 216"), shown(LENGTHS, "3: 40, 5: 60", side="raw")),
)


def audit_of(*findings, **fields):
    usual = {"id": "aud-1", "listing": "stealth/mule", "subject": "ab" * 16, "version": "1.0"}
    at = 1_795_376_273_000_000
    return Audit(findings=findings, at_us=at, calls=1234, tokens=56789, **usual | fields)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_said_stays_text(text):
    page = page_of(audit_of(leak(text), PLAIN, listing=text, endpoint=text, url=text))
    clean = page_of(audit_of(leak("x"), PLAIN, listing="x", endpoint="x", url="x"))
    read = read_by_itself(page)
    assert read.tags == Reader(clean).tags
    if text.isprintable():
        assert text in read.text("pre")


@given(st.text(max_size=60))
def test_any_text_stays_text(text):
    page = page_of(audit_of(leak(text, name="headers/unknown")))
    assert read_by_itself(page).tags.count("pre") == 4


def test_marks_that_steer_a_reader_are_gone():
    page = page_of(audit_of(leak("".join(HOSTILE))))
    assert not set("\u202e\u0000\u001b") & set(page)


def test_the_worst_stands_first_and_is_counted():
    page = page_of(audit_of(PLAIN, RHYTHM, PIECES, leak("Acme")))
    assert re.findall(r'<section id="(\w+)"', page) == ["leaks", "reduced", "closed"]
    read = Reader(page)
    assert [int(each) for each in read.texts["b"]] == [1, 1, 2]
    assert "model-name/alias" in read.text("code")
    assert "left: 12.5 bits" in read.text("span")
    assert "1,234 calls, 56,789 tokens" in read.text("dd")
    assert "2026-11-22 19:37:53 UTC" in read.text("dd")


def test_a_channel_stands_where_its_worst_finding_does():
    well = Finding(name="model-name", channel="model-name", verdict="closed", public="fine")
    page = page_of(audit_of(well, leak("Acme")))
    assert re.findall(r'<section id="(\w+)"', page) == ["leaks"]
    assert page.count('scope="rowgroup"') == 1


def test_rhythm_and_pieces_are_drawn():
    read = Reader(page_of(audit_of(PIECES, RHYTHM)))
    lines = [value for tag, name, value in read.attributes if (tag, name) == ("polyline", "points")]
    assert len(lines) == 3
    assert lines[0].startswith("0,180 0,180 0,")
    assert lines[0].endswith("560,0")  # the longest stream ends in the far corner
    heights = [float(v) for tag, name, v in read.attributes if (tag, name) == ("rect", "height")]
    assert sorted(heights) == [72, 108, 180]
    assert "svg" not in Reader(page_of(audit_of(PLAIN))).tags


def test_odd_exhibits_are_not_drawn():
    odd = msgspec.structs.replace(RHYTHM, exhibits=(shown("x", "1:2:3 a:b 9"),))
    none = msgspec.structs.replace(PIECES, exhibits=(shown(LENGTHS, "none"),))
    assert "svg" not in Reader(page_of(audit_of(none, odd))).tags


def test_the_data_has_every_key_and_reads_back():
    audit = audit_of(PLAIN, RHYTHM, leak(HOSTILE[0]), only=("headers",))
    data = json.loads(json_of(audit))
    assert list(data) == list(Audit.__struct_fields__)
    assert [list(each) for each in data["findings"]] == [list(Finding.__struct_fields__)] * 3
    assert data["findings"][0]["left"] is None
    assert msgspec.json.decode(json_of(audit), type=Audit) == audit


def test_the_same_audit_is_the_same_bytes(tmp_path):
    audit = audit_of(PLAIN, RHYTHM, PIECES, *map(leak, HOSTILE))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_report(audit, tmp_path / name)
    for file in ("audit.json", "index.html"):
        one, two = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert one == two
        assert one.decode()


def test_an_empty_audit_has_a_page():
    assert "No leak that one look would show" in page_of(audit_of())
