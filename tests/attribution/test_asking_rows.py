"""Rows of logs that are nearly right: what is good in them is read, what failed is no answer."""

import codecs
import gzip
import json

import pytest

from darkhorse.attribution.reading import read_files
from darkhorse.attribution.records import record_of

ROW = {"prompt": "Hi?", "answer": "Hello."}
BODY = {"choices": [{"message": {"content": "Hello."}}]}


def read(path, told):
    path.write_bytes(told)
    return read_files([str(path)])


@pytest.mark.parametrize("indent", [None, 1])
def test_a_bad_record_of_a_list_costs_itself_alone(tmp_path, indent):
    told = json.dumps([7, ROW, {"a": 1}, ROW, ROW], indent=indent).encode()
    reading = read(tmp_path / "log.json", told)
    assert [each.seen.text for each in reading.records] == ["Hello."] * 3
    assert reading.bad_count == 2
    assert reading.bad[0].why == "(record 1 of its list) is no JSON object"
    assert reading.bad[1].why.startswith("(record 3 of its list) has no answer")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_byte_order_mark_costs_no_record(tmp_path, pack):
    line = json.dumps(ROW).encode() + b"\n"
    reading = read(tmp_path / "log", pack(codecs.BOM_UTF8 + line + line))
    assert (len(reading.records), reading.bad_count) == (2, 0)


def test_nor_does_it_before_a_list_or_a_run(tmp_path):
    told = json.dumps([ROW, ROW], indent=1).encode()
    reading = read(tmp_path / "log.json", codecs.BOM_UTF8 + told)
    assert (len(reading.records), reading.bad_count) == (2, 0)
    kept = read(tmp_path / "run.jsonl", codecs.BOM_UTF8 + b'{"run":"begun"}\n')
    assert (kept.records, kept.bad_count) == ([], 0)


def test_a_mark_within_a_file_is_none_of_its_beginning(tmp_path):
    line = json.dumps(ROW).encode() + b"\n"
    reading = read(tmp_path / "log", line + codecs.BOM_UTF8 + line)
    assert [bad.line for bad in reading.bad] == [2]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({**ROW, "status": 500}, 500),
        ({**ROW, "status_code": 429}, 429),
        ({**ROW, "http_status": "503"}, 503),
        ({**ROW, "metadata": {"status": 502}}, 502),
        ({"prompt": "Hi?", "response": {"status_code": 500, "body": BODY}}, 500),
        ({"prompt": "Hi?", "response": json.dumps({"status_code": 500, "body": BODY})}, 500),
        ({"prompt": "Hi?", "status": 200, "response": {"status": 500, "body": BODY}}, 500),
        ({"prompt": "Hi?", "status": 500, "response": BODY}, 500),
    ],
)
def test_a_row_that_failed_is_no_answer(row, status):
    seen = record_of(row).seen
    assert (seen.status, seen.text, seen.ok) == (status, "Hello.", False)


@pytest.mark.parametrize("status", [200, "201", 0, 1, True, "completed", "error 500", None, 5000])
def test_what_else_is_called_a_status_says_nothing(status):
    assert record_of({**ROW, "status": status}).seen.ok
