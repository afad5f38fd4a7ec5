"""A launch to move about, and a clock to hold still."""

from darkhorse.launches import file

T0 = 1_770_336_000_000_000
DAY = 86_400_000_000
LAUNCH = """\
# A launch for tests.
[public]
slug = "stealth/mule-beta"
aliases = ["mule"]
title = "Mule Beta"
context = 1000
max_output = 500
price.prompt = "0.5"
window.days = 5

[private]
maker = "Example Lab"
model = "Example-5"

[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
key_env = "EAST_KEY"
quirks.extra = { a = [1, { b = "c" }] }
"""


class HandClock:
    is_settled = True

    def __init__(self):
        self.us = T0

    def now_us(self):
        return self.us

    def monotonic(self):
        return self.us / 1_000_000


def file_of(text):
    return file.parse(text, "a test")
