"""Writes what a GBNF grammar allows, at random: a second reading of llama.cpp's form.

Knows rules, literals, classes, groups, `|` and `{m,n}`, `*`, `+`, `?`; the part that we write.
"""

import random
import re

TOKEN = re.compile(
    r'\s*(?:(?P<literal>"(?:[^"\\]|\\.)*")|(?P<class>\[(?:[^\]\\]|\\.)*\])'
    r"|(?P<name>[a-z][a-z0-9-]*)|(?P<times>\{\d+(?:,\d*)?\}|[*+?])|(?P<sign>[|()]))"
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Grammar:
    """`write()` makes a text of `root`, with few repetitions where they have no end."""

    def __init__(self, text: str) -> None:
        lines = (line.partition(" ::= ") for line in text.splitlines() if line)
        self.rules = {name: Reader(body).alternatives() for name, _, body in lines}

    def write(self, chance: random.Random, name: str = "root") -> str:
        return "".join(self._write(chance, self.rules[name]))

    def _write(self, chance, node):
        kind, value = node
        if kind == "text":
            yield value
        elif kind == "class":
            yield chance.choice(value)
        elif kind == "name":
            yield from self._write(chance, self.rules[value])
        elif kind == "either":
            yield from self._write(chance, chance.choice(value))
        elif kind == "sequence":
            for each in value:
                yield from self._write(chance, each)
        else:
            item, least, most = value
            for _ in range(chance.choice((least, min(most, least + 3), min(most, least + 1)))):
                yield from self._write(chance, item)


class Reader:
    def __init__(self, text: str) -> None:
        self.tokens = []
        at = 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            assert found, f"no GBNF: {text[at : at + 80]!r}"
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.at = 0

    def alternatives(self):
        options = [self.sequence()]
        while self.peek() == ("sign", "|"):
            self.at += 1
            options.append(self.sequence())
        return "either", options

    def sequence(self):
        items = []
        while self.peek() not in (None, ("sign", "|"), ("sign", ")")):
            items.append(self.item())
        assert items, "an empty alternative"
        return "sequence", items

    def item(self):
        kind, token = self.peek()
        self.at += 1
        if kind == "literal":
            node = "text", unescaped(token[1:-1])
        elif kind == "class":
            node = "class", members(token[1:-1])
        elif kind == "name":
            node = "name", token
        else:
            assert token == "(", token
            node = self.alternatives()
            assert self.peek() == ("sign", ")")
            self.at += 1
        following = self.peek()
        if following and following[0] == "times":
            self.at += 1
            node = "times", (node, *times(following[1]))
        return node

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None


def times(token):
    if token in "*+?":
        return {"*": (0, 99), "+": (1, 99), "?": (0, 1)}[token]
    least, comma, most = token[1:-1].partition(",")
    assert not most or int(most) >= int(least)
    return int(least), int(most) if most else 99 if comma else int(least)


def chars(text):
    """Characters, and whether each was escaped."""
    at = 0
    while at < len(text):
        if text[at] != "\\":
            yield text[at], False
            at += 1
        elif text[at + 1] == "x":
            yield chr(int(text[at + 2 : at + 4], 16)), True
            at += 4
        else:
            assert text[at + 1] in 'nrt"\\[]', text
            yield ESCAPES.get(text[at + 1], text[at + 1]), True
            at += 2


def unescaped(text):
    return "".join(char for char, _ in chars(text))


def members(text):
    """The characters of a class; of one that leaves out some, a few others."""
    is_negated = text.startswith("^")
    parts = list(chars(text[is_negated:]))
    found = set()
    while parts:
        low, _ = parts.pop(0)
        high = low
        if len(parts) > 1 and parts[0] == ("-", False):
            parts.pop(0)
            high, _ = parts.pop(0)
        found |= set(map(chr, range(ord(low), ord(high) + 1)))
    if is_negated:
        found = set('aZ0 é日~^]-/😀\\"\n') - found
    assert found
    return sorted(found)
