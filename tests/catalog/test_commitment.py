"""A commitment hides what it holds, and one line of shell checks it."""

import subprocess

import pytest

from darkhorse.catalog.commitment import check_command, digest, opening

SALT = "9f" * 32
SAID = {"slug": "stealth/mule", "maker": "Example Lab", "model": "Example-5", "weights": ""}


def test_the_text_is_plain():
    assert opening(**{**SAID, "weights": "sha256:00"}, salt=SALT) == (
        "Darkhorse commitment, version 1\nlisting: stealth/mule\nmaker: Example Lab\n"
        f"model: Example-5\nweights: sha256:00\nsalt: {SALT}\n"
    )


@pytest.mark.parametrize(
    "maker", ["Example Lab", "O'Neill & Söhne", "智谱 AI", "a\\nb", "$(date) `id` %s", "two\nlines"]
)
def test_the_shown_command_prints_the_digest(maker):
    text = opening(**{**SAID, "maker": maker}, salt=SALT)
    done = subprocess.run(
        ["sh", "-c", check_command(text)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{digest(text)}  -\n"


@pytest.mark.parametrize("field", ["slug", "maker", "model", "weights"])
def test_another_fact_or_another_salt_has_another_digest(field):
    one = digest(opening(**SAID, salt=SALT))
    assert digest(opening(**{**SAID, field: "other"}, salt=SALT)) != one
    assert digest(opening(**SAID, salt="00" * 32)) != one
