"""Pages: taken, shared and given back without loss; together where that can be; kept by prefix."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse_engine.cache import PAGE, Pool, Table
from darkhorse_engine.prefixes import Prefixes


@settings(max_examples=60)
@given(st.data())
def test_no_page_is_lost_or_given_twice(data: st.DataObject) -> None:
    pool, tables = Pool(24), list[list[int]]()
    for _ in range(data.draw(st.integers(1, 25))):
        what = data.draw(st.sampled_from(["new", "grow", "share", "leave"]))
        if what == "new" or not tables:
            tables.append(pool.take(data.draw(st.integers(0, pool.free))))
            continue
        table = data.draw(st.sampled_from(tables))
        if what == "grow" and pool.free:
            table += pool.take(1, table[-1] if table else None)
        elif what == "share":
            pool.hold(table)
            tables.append(list(table))
        elif what == "leave":
            pool.release(table)
            tables = [each for each in tables if each is not table]
        pool.check(tables)
    for table in tables:
        pool.release(table)
    assert pool.free == 24


def test_two_who_grow_by_turns_stay_in_one_piece_each() -> None:
    pool = Pool(40)
    first = pool.take(2)
    second = pool.take(2)
    for _ in range(15):
        first += pool.take(1, first[-1])
        second += pool.take(1, second[-1])
    for pages in (first, second):
        assert pages == list(range(pages[0], pages[0] + 17))


def test_pages_that_do_not_fit_together_fill_the_longest_stretches() -> None:
    pool = Pool(10)
    pages = pool.take(10)
    pool.release([pages[0], *pages[2:5], *pages[6:8]])
    assert pool.take(5) == [2, 3, 4, 6, 7]


def test_a_page_released_twice_or_shared_when_free_is_found_out() -> None:
    pool = Pool(2)
    pages = pool.take(1)
    pool.release(pages)
    with pytest.raises(AssertionError, match="twice"):
        pool.release(pages)
    with pytest.raises(AssertionError, match="nobody"):
        pool.hold(pages)


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=4), st.data())
def test_a_table_reads_its_tokens_in_order(groups: list[list[int]], data: st.DataObject) -> None:
    table = Table()
    for group in groups:
        table.extend(group)
    length = data.draw(st.integers(0, table.room))
    held = torch.arange(10 * PAGE)
    pieces = list(table.pieces(length))
    rows = torch.cat([held[piece] for piece in pieces]) if pieces else held[:0]
    assert torch.equal(rows, table.slots[:length])
    if length:
        assert torch.equal(table.read(held, length), rows)
    assert all(left.stop != right.start for left, right in pairwise(pieces))


def _kept(prefixes: Prefixes, pool: Pool, tokens: list[int]) -> list[bytes]:
    """A sequence reads `tokens`, and ends."""
    keys: list[bytes] = []
    pages = prefixes.find(tokens, keys)
    pages += pool.take(-(-len(tokens) // PAGE) - len(pages))
    prefixes.keep(tokens, keys, pages, range(len(tokens) - 1))
    pool.release(pages)
    prefixes.touch(keys)
    return keys


def test_the_same_beginning_is_found_but_never_the_last_token() -> None:
    pool = Pool(16)
    prefixes = Prefixes(pool, looks_ahead=False)
    tokens = list(range(2 * PAGE + 5))
    _kept(prefixes, pool, tokens)
    lengths = {length: len(prefixes.find(tokens[:length], [])) for length in (1, 64, 65, 128, 129)}
    assert lengths == {1: 0, 64: 0, 65: 1, 128: 1, 129: 2}
    assert prefixes.find([7, *tokens[1:]], []) == []
    assert prefixes.find(tokens[PAGE:], []) == [], "a page is what it is by those in front of it"
    elsewhere = _kept(prefixes, pool, [*range(500, 500 + PAGE), *tokens[PAGE:]])
    assert len(set(elsewhere)) == len(prefixes.pages) - 2
    assert len(prefixes.find([*tokens[:70], 0, *tokens[71:]], [])) == 1


def test_looking_ahead_a_page_belongs_to_what_follows_it() -> None:
    pool = Pool(16)
    prefixes = Prefixes(pool, looks_ahead=True)
    tokens = list(range(2 * PAGE + 5))
    _kept(prefixes, pool, tokens)
    assert len(prefixes.find(tokens, [])) == 2
    assert len(prefixes.find([*tokens[: 2 * PAGE], 0], [])) == 1
    assert prefixes.find([*tokens[:PAGE], 0, *tokens[PAGE + 1 :]], []) == []


def test_the_longest_unused_goes_first_and_the_end_before_the_beginning() -> None:
    pool = Pool(16)
    prefixes = Prefixes(pool, looks_ahead=False)
    old, new = list(range(3 * PAGE)), list(range(100, 100 + 3 * PAGE))
    _kept(prefixes, pool, old)
    _kept(prefixes, pool, new)
    _kept(prefixes, pool, old)  # used again: `new` is the older one now
    assert (prefixes.idle, pool.free) == (4, 12)
    prefixes.give_up(1)
    held = prefixes.find(new, [])
    assert len(held) == 1
    prefixes.give_up(9)
    assert len(prefixes.pages) == 1, "a page that is in use is not given up"
    pool.check([held, prefixes.pages])


def test_without_reuse_nothing_is_kept() -> None:
    pool = Pool(8)
    prefixes = Prefixes(pool, looks_ahead=False, keeps=False)
    _kept(prefixes, pool, list(range(200)))
    assert pool.free == 8
