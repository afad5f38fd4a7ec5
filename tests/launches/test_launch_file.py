"""Every mistake in a launch file has a sentence with file, line, place and remedy."""

import re
from pathlib import Path

import msgspec
import pytest
from msgspec import NODEFAULT
from msgspec.inspect import Metadata, StructType, VarTupleType

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Definition
from darkhorse.launches import file

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
WHOLE = """\
[public]
slug = "stealth/mule-beta"
aliases = ["mule"]
title = "Mule Beta"
description = '''
Two
lines'''
input = ["text"]
output = ["text"]
context = 1000
max_output = 500
parameters = ["stop"]
moderated = false
disclosure = "Logged."
terms = "https://example.org/terms"
privacy = "https://example.org/privacy"
abuse_contact = "abuse@example.org"
identity = "A mule."

[public.price]
prompt = "0.5"
completion = "1.5"
request = "0.001"

[public.limits.total]
requests_per_minute = 10
requests_per_day = 10
tokens_per_minute = 10
concurrent = 10
spend_usd = "5"

[public.limits.key]
requests_per_minute = 10

[public.limits.address]
requests_per_minute = 10

[public.window]
days = 5

[private]
maker = "Example Lab"
model = "Example-5"

[private.reveal]
text = "Thank you."
successor = "example/example-5"

[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
model = "m"
key_env = "EAST_KEY"
weight = 2.0
first_token_s = 10.0
idle_s = 10.0

[private.endpoint.quirks]
context = 4096
max_output = 1024
max_tokens_name = "max_tokens"
drop = ["stop"]
extra = { a = 1 }
"""


def refused(text):
    with pytest.raises(ConfigError) as error:
        file.parse(text, "x.toml")
    sentence = str(error.value)
    assert re.match(r"x\.toml: (line \d+: |not valid TOML: )", sentence), sentence
    assert sentence.endswith((".", "?")), sentence
    assert "\n" not in sentence
    return sentence


def test_the_whole_file_is_read():
    read = file.parse(WHOLE, "x.toml")
    assert read.source == WHOLE
    assert read.definition.public.window.days == 5
    assert read.definition.private.endpoint[0].quirks.extra == {"a": 1}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_well_formed(path):
    assert file.read(path).definition.public.slug == f"stealth/{path.stem}"


def test_the_first_launch_of_february_2026():
    listing = file.read(EXAMPLES[-1]).definition.public
    assert (listing.slug, listing.context, listing.max_output) == (
        "stealth/pony-alpha",
        200_000,
        131_072,
    )
    assert listing.price.is_free
    assert "logged" in listing.disclosure


def lines():
    """(table, key, line number from 1) of every value in WHOLE."""
    table = ""
    for number, line in enumerate(WHOLE.splitlines(), start=1):
        if line.startswith("["):
            table = line.strip("[]")
        elif match := re.match(r"(\w+) = ", line):
            yield table, match[1], number


def changed(number, value):
    """WHOLE with another value at a line; a value of several lines is replaced whole."""
    kept = WHOLE.splitlines()
    key = kept[number - 1].partition(" = ")[0]
    if kept[number - 1].endswith("'''"):
        del kept[number : number + 2]
    kept[number - 1] = f"{key} = {value}"
    return "\n".join(kept)


KEYS = list(lines())
NAMES = [f"{table}.{key}" for table, key, _ in KEYS]


@pytest.mark.parametrize(("table", "key", "number"), KEYS, ids=NAMES)
def test_a_wrong_type_names_its_line_and_a_remedy(table, key, number):
    sentence = refused(changed(number, "[[1979-05-27]]"))
    assert sentence.startswith(f"x.toml: line {number}: `")
    assert key in sentence.partition(":")[2]
    assert "; " in sentence


@pytest.mark.parametrize(("table", "key", "number"), KEYS, ids=NAMES)
def test_a_misspelt_key_names_its_line_and_the_right_one(table, key, number):
    kept = WHOLE.splitlines()
    kept[number - 1] = kept[number - 1].replace(key, key + "x", 1)
    if key == "description":
        kept[number - 1 : number + 2] = ["descriptionx = 'x'"]
    sentence = refused("\n".join(kept))
    required = {"slug", "title", "context", "max_output", "maker", "model", "name", "url"}
    if key in required and f"{key}` is missing; " in sentence:
        return  # that is found first
    assert f"line {number}: " in sentence
    assert f"{key}x` is unknown; did you mean `{key}`?" in sentence


def required():
    def walk(info, place):
        while isinstance(info, Metadata | VarTupleType):
            info = info.item_type if isinstance(info, VarTupleType) else info.type
        if not isinstance(info, StructType):
            return
        for field in info.fields:
            if field.default is NODEFAULT and field.default_factory is NODEFAULT:
                yield ".".join((*place, field.name)), field.name
            yield from walk(field.type, (*place, field.name))

    return list(walk(msgspec.inspect.type_info(Definition), ()))


@pytest.mark.parametrize(("place", "key"), required(), ids=lambda value: value)
def test_what_is_missing_is_named_with_an_example(place, key):
    table = place.rpartition(".")[0]
    if key in ("public", "private"):
        text = "\n".join(block for block in re.split(r"\n(?=\[)", WHOLE) if f"[{key}" not in block)
    elif key == "endpoint":
        text = WHOLE[: WHOLE.index("[[private.endpoint]]")]
    else:
        number = next(n for t, k, n in KEYS if (t, k) == (table, key))
        text = "\n".join(line for at, line in enumerate(WHOLE.splitlines(), 1) if at != number)
    sentence = refused(text)
    assert f"{key}` is missing; " in sentence


OUT_OF_RANGE = [
    ("slug", '"Has Space/x"', "it must be like `author/name`"),
    ("slug", '"no-author"', "it must be like `author/name`"),
    ("title", '""', "length >= 1"),
    ("context", "0", ">= 1"),
    ("max_output", "1001", "1001 is over context (1000); lower it."),
    ("input", "[]", "length >= 1"),
    (
        "input",
        '["smell"]',
        "`smell` is none; it may be audio, embeddings, file, image, text, video.",
    ),
    ("parameters", '["temprature"]', "`temprature` is none; did you mean `temperature`?"),
    ("aliases", '["mule", "mule"]', "a name is there twice"),
    ("aliases", '["stealth/mule-beta"]', "a name is there twice"),
    ("aliases", '["two words"]', "regex"),
    ("disclosure", '""', "length >= 1"),
    ("terms", '"javascript:alert(1)"', "is no URL; begin it with https://"),
    ("abuse_contact", '"call me"', "neither an email address nor a URL"),
    ("title", '"Example-5, hidden"', "it says `Example-5`, which stands on the private side"),
    ("description", '"by the EXAMPLE lab"', "it says `Example Lab`"),
    ("identity", '"made by Example Lab"', "it says `Example Lab`"),
    ("description", '"like example 5"', "it says `Example-5`"),
    ("title", '"EXAMPLE\u20115"', "it says `Example-5`"),
    ("terms", '"https://examplelab.org/terms"', "it says `Example Lab`"),
    ("abuse_contact", '"abuse@example5.org"', "it says `Example-5`"),
    ("slug", '"stealth/mule\\n"', "it must be like `author/name`"),
    ("slug", '"static/mule"', "would stand in the way of our own pages"),
    ("slug", '"v1/models"', "would stand in the way of our own pages"),
    ("aliases", '["archive"]', "would stand in the way of our own pages"),
    ("aliases", '["mule\\n"]', "regex"),
    ("context", "10_000_000_000", "<= 100000000"),
    ("prompt", '"nan"', 'it must be from "0" to "1000000" dollars'),
    ("spend_usd", '"inf"', "it must be from 0"),
    ("prompt", '"-1"', 'it must be from "0" to "1000000" dollars'),
    ("prompt", '"cheap"', "prompt"),
    ("spend_usd", '"-5"', "it must be from 0"),
    ("concurrent", "0", ">= 1"),
    ("days", "0", "> 0"),
    ("days", "99999", "<= 3660"),
    ("url", '"localhost:8000"', "is no URL; begin it with http:// or https://"),
    ("url", '"ftp://x/v1"', "is no URL"),
    ("weight", "0", "> 0"),
    ("first_token_s", "-1", "> 0"),
    ("max_tokens_name", '"limit"', "`limit` is none; it may be max_completion_tokens, max_tokens."),
    ("key_env", '"K"\nkey_file = "/k"', "give key_env or key_file, not both"),
    ("days", "5\ncloses = 2027-01-01T00:00:00Z", "give days or closes, not both"),
]


@pytest.mark.parametrize(("key", "value", "problem"), OUT_OF_RANGE)
def test_a_value_out_of_range_says_what_it_may_be(key, value, problem):
    number = next(n for _, k, n in KEYS if k == key)
    sentence = refused(changed(number, value))
    assert problem in sentence
    second = 1 if value.count("\n") else 0  # the one that does not go with the first
    assert f"line {number + second}: " in sentence


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z"])
def test_a_moment_that_no_clock_comes_to(moment):
    sentence = refused(WHOLE.replace("days = 5", f"closes = {moment}"))
    assert "public.window.closes: it must be between the years 1970 and 9999." in sentence


def test_what_is_nested_without_end():
    deep = "[" * 5000 + "]" * 5000
    assert "nested too deeply" in refused(WHOLE.replace("{ a = 1 }", f"{{ a = {deep} }}"))


def test_a_moment_needs_its_time_zone():
    sentence = refused(WHOLE.replace("days = 5", "closes = 2027-01-01T00:00:00"))
    assert "timezone" in sentence
    assert "2026-12-01T12:00:00Z" in sentence


def test_two_endpoints_of_one_name():
    sentence = refused(WHOLE + '[[private.endpoint]]\nname = "east"\nurl = "http://x/v1"\n')
    assert "line 65: private.endpoint[1].name: another is named east; rename one." in sentence


@pytest.mark.parametrize("text", ["", "[public", "a = ", "[public]\nslug = 'a/b'\nslug = 'c/d'"])
def test_what_is_no_launch_file(text):
    refused(text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match=r"no such file; examples/ has"):
        file.read(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        file.read(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        file.read(tmp_path / "binary.toml")
