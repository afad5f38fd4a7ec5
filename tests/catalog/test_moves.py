"""What may follow what in a launch's life, and what the public sees of it."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec import structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog import moves, notices, public
from darkhorse.catalog.endpoint import Endpoint, Private, RevealText
from darkhorse.catalog.launch import Definition
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import Listing, ListingLimits, Window
from darkhorse.catalog.moves import By

DAY = 86_400_000_000
T0 = 1_770_336_000_000_000
MAKER, MODEL = "Example Lab", "Example-5"
LISTING = Listing(
    slug="stealth/mule-beta",
    title="Mule Beta",
    context=1000,
    max_output=500,
    window=Window(days=5),
)
PRIVATE = Private(
    maker=MAKER,
    model=MODEL,
    endpoint=(Endpoint(name="east", url="http://127.0.0.1:1/v1"),),
    reveal=RevealText(text="Thank you.", successor="example/example-5"),
)
DEFINITION = Definition(public=LISTING, private=PRIVATE)


def by(at_us=T0, why="to see"):
    return By(who="ann", at_us=at_us, why=why)


def draft(**listing):
    definition = structs.replace(DEFINITION, public=structs.replace(LISTING, **listing))
    return moves.create("lch-1", definition, by(), source="# text").launch


def live(**listing):
    return moves.go_live(draft(**listing), by()).launch


def retired(**listing):
    return moves.retire(live(**listing), by(T0 + DAY)).launch


def test_a_whole_life():
    launch = draft()
    for step in (moves.go_live, moves.retire, moves.reveal):
        taken = step(launch, by(T0 + DAY, why=step.__name__))
        assert (taken.move.who, taken.move.why, taken.move.at_us) == (
            "ann",
            step.__name__,
            T0 + DAY,
        )
        assert taken.launch.revision == launch.revision + 1
        launch = taken.launch
    assert launch.life.state == "revealed"
    assert launch.reveal.maker == MAKER
    assert [change.text for change in launch.changes] == [
        "Listed, until 12 February 2026, 00:00 UTC.",
        "Retired.",
        "Revealed: Example-5 by Example Lab.",
    ]


def test_each_move_is_called_by_its_name_and_told_to_the_public():
    first = moves.create("lch-1", DEFINITION, by(), source="# text")
    listed = moves.go_live(first.launch, by(), detail="1.1 native a public")
    later = moves.extend(listed.launch, by(T0 + DAY), closes_us=T0 + 9 * DAY)
    told = structs.replace(DEFINITION, public=structs.replace(LISTING, description="More."))
    edited = moves.edit(later.launch, told, by(T0 + DAY), source="# new")
    over = moves.retire(edited.launch, by(T0 + DAY))
    last = moves.reveal(over.launch, by(T0 + DAY), text="Goodbye.", successor="a/b")
    steps = [(step.move.kind, step.move.shown) for step in (first, listed, later, edited, over)]
    assert steps == [
        ("create", ""),
        ("go-live", "Listed, until 11 February 2026, 00:00 UTC."),
        ("extend", "Its end was moved to 15 February 2026, 00:00 UTC."),
        ("edit", 'Changed: description from "" to "More.".'),
        ("retire", "Retired."),
    ]
    assert (last.move.kind, listed.move.detail) == ("reveal", "1.1 native a public")
    assert (last.launch.reveal.text, last.launch.reveal.successor) == ("Goodbye.", "a/b")
    assert later.launch.life.closes_us == T0 + 9 * DAY
    assert last.launch.life.live_us == last.launch.life.created_us == T0


def test_without_a_window_it_ends_by_hand_alone():
    step = moves.go_live(draft(window=Window()), by())
    assert step.move.shown == "Listed."
    assert step.launch.life.state_at(T0 + 10_000 * DAY) == "live"
    assert moves.extend(step.launch, by(), closes_us=T0 + 1).launch.life.closes_us == T0 + 1


def test_an_end_may_be_moved_to_the_next_moment_and_no_nearer():
    assert moves.extend(live(), by(T0), closes_us=T0 + 1).launch.life.closes_us == T0 + 1
    for closes_us in (T0, T0 - 1):
        with pytest.raises(ConfigError, match="is past; choose a moment to come"):
            moves.extend(live(), by(T0), closes_us=closes_us)


def test_an_end_noted_late_has_its_real_moment():
    step = moves.retire(live(), by(T0 + 9 * DAY), at_us=T0 + 5 * DAY)
    assert (step.move.at_us, step.launch.life.retired_us) == (T0 + 9 * DAY, T0 + 5 * DAY)


ILLEGAL = [
    (draft, "retire"),
    (draft, "extend"),
    (draft, "reveal"),
    (live, "go_live"),
    (live, "reveal"),
    (retired, "go_live"),
    (retired, "extend"),
    (retired, "retire"),
]


REASONS = {
    "go_live": "only a draft can go live.",
    "extend": "only a live launch has a window to extend.",
    "retire": "only a live launch can be retired.",
    "reveal": "only a retired launch can be revealed.",
}


@pytest.mark.parametrize(("make", "move"), ILLEGAL)
def test_illegal_moves_are_refused_with_the_reason(make, move):
    launch = make()
    extra = {"closes_us": T0 + 9 * DAY} if move == "extend" else {}
    with pytest.raises(ConfigError) as refused:
        getattr(moves, move)(launch, by(T0 + DAY), **extra)
    told = f"stealth/mule-beta is {launch.life.state}: {REASONS[move]}"
    assert str(refused.value).removesuffix(" Retire it first.") == told


def test_a_window_that_has_ended_cannot_be_extended():
    with pytest.raises(ConfigError, match="is retired: only a live launch has a window"):
        moves.extend(live(), by(T0 + 5 * DAY), closes_us=T0 + 9 * DAY)


def test_nor_can_a_window_be_moved_into_the_past():
    with pytest.raises(ConfigError, match="is past"):
        moves.extend(live(), by(T0 + DAY), closes_us=T0)


def test_a_draft_whose_window_is_past_does_not_go_live():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ConfigError, match="its window ended on 1 January 2026, 00:00 UTC; set"):
        moves.go_live(draft(window=Window(closes=moment)), by())


@given(before=st.integers(0, 10 * DAY))
def test_the_state_follows_the_window_to_the_microsecond(before):
    life = live().life
    state = life.state_at(T0 + before)
    assert state == ("live" if before < 5 * DAY else "retired")


FREE_TEXT = {
    "aliases": ("mule",),
    "description": "More.",
    "terms": "https://example.org",
    "privacy": "https://example.org",
    "abuse_contact": "a@example.org",
    "limits": ListingLimits(key=Limits(concurrent=2)),
}


@pytest.mark.parametrize("field", sorted(FREE_TEXT))
def test_what_may_change_while_live_changes_and_is_shown(field):
    definition = structs.replace(
        DEFINITION, public=structs.replace(LISTING, **{field: FREE_TEXT[field]})
    )
    step = moves.edit(live(), definition, by(T0 + DAY), source="# new")
    assert getattr(step.launch.listing, field) == FREE_TEXT[field]
    told = step.launch.changes[-1].text
    assert told.startswith(f"Changed: {field} from ")
    assert msgspec.json.encode(FREE_TEXT[field]).decode() in told
    assert step.launch.source == "# new"


FIXED = {
    "slug": "stealth/other",
    "title": "Other",
    "context": 999,
    "max_output": 499,
    "disclosure": "Nothing is logged.",
    "identity": "I am a mule.",
    "input": ("text", "image"),
    "moderated": True,
    "window": Window(days=9),
}


@pytest.mark.parametrize("field", sorted(FIXED))
def test_what_people_came_for_stays(field):
    changed = structs.replace(LISTING, **{field: FIXED[field]})
    definition = structs.replace(DEFINITION, public=changed)
    with pytest.raises(ConfigError, match=f"is live, so {field} must stay as it is"):
        moves.edit(live(), definition, by(T0 + DAY), source="")
    assert moves.edit(draft(), definition, by(), source="").launch.listing == definition.public


def test_a_change_too_long_for_a_line_is_named_alone():
    described = structs.replace(LISTING, description="x" * 1000)
    step = moves.edit(live(), structs.replace(DEFINITION, public=described), by(), source="")
    assert step.launch.changes[-1].text == "Changed: description."


def test_an_alias_in_use_is_not_taken_away():
    with pytest.raises(ConfigError, match="an alias can only be added"):
        moves.edit(live(aliases=("mule",)), DEFINITION, by(), source="")


def test_a_promise_can_only_grow():
    """Whoever uses a parameter goes on to; whoever misses one need not wait for another launch."""
    before = LISTING.parameters
    more = structs.replace(LISTING, parameters=(*before, "tools"), structured="constrained")
    step = moves.edit(live(), structs.replace(DEFINITION, public=more), by(), source="")
    assert step.launch.listing.parameters == (*before, "tools")
    less = structs.replace(LISTING, parameters=before[1:])
    with pytest.raises(ConfigError, match=f"people use `{before[0]}`; a parameter can only be"):
        moves.edit(live(), structs.replace(DEFINITION, public=less), by(), source="")


def test_new_endpoints_are_not_shown_and_the_maker_stays():
    other = structs.replace(PRIVATE, endpoint=(Endpoint(name="west", url="http://127.0.0.1:2"),))
    step = moves.edit(live(), Definition(public=LISTING, private=other), by(), source="")
    assert step.move.shown == ""
    assert step.move.detail == "private: endpoint"
    assert len(step.launch.changes) == 1
    for field in ("maker", "model"):
        renamed = structs.replace(PRIVATE, **{field: "Another"})
        with pytest.raises(ConfigError, match=f"private {field} must stay"):
            moves.edit(live(), Definition(public=LISTING, private=renamed), by(), source="")


def test_a_draft_changes_without_a_word_to_the_public():
    changed = structs.replace(DEFINITION, public=structs.replace(LISTING, title="Other"))
    step = moves.edit(draft(), changed, by(), source="")
    assert (step.move.shown, step.launch.changes) == ("", ())


def test_who_would_edit_the_window_is_told_how_it_is_moved():
    longer = structs.replace(DEFINITION, public=structs.replace(LISTING, window=Window(days=9)))
    with pytest.raises(ConfigError, match="the window is moved with `extend`"):
        moves.edit(live(), longer, by(), source="")


def test_an_edit_that_changes_nothing_says_so():
    with pytest.raises(ConfigError, match="nothing differs"):
        moves.edit(live(), DEFINITION, by(), source="")


def test_after_its_end_only_the_reveal_can_be_prepared():
    told = structs.replace(PRIVATE, reveal=RevealText(text="It was a pleasure."))
    step = moves.edit(retired(), Definition(public=LISTING, private=told), by(), source="")
    revealed = moves.reveal(step.launch, by()).launch
    assert revealed.reveal.text == "It was a pleasure."
    described = structs.replace(DEFINITION, public=structs.replace(LISTING, description="x"))
    prepared = Definition(public=LISTING, private=structs.replace(told, maker="Another Lab"))
    again = Definition(public=LISTING, private=PRIVATE)  # its reveal as it was before
    for launch, definition in (
        (retired(), described),
        (retired(), prepared),
        (revealed, described),
        (revealed, again),
    ):
        with pytest.raises(ConfigError, match="all that may still change"):
            moves.edit(launch, definition, by(), source="")


def test_a_window_that_has_ended_unnoted_is_an_end_for_edits_too():
    described = structs.replace(DEFINITION, public=structs.replace(LISTING, description="x"))
    with pytest.raises(ConfigError, match="is retired; all that may still change"):
        moves.edit(live(), described, by(T0 + 5 * DAY), source="")
    told = structs.replace(PRIVATE, reveal=RevealText(text="Goodbye."))
    step = moves.edit(live(), Definition(public=LISTING, private=told), by(T0 + 5 * DAY), source="")
    assert (step.move.shown, step.launch.private) == ("", told)


@pytest.mark.parametrize("make", [draft, retired])
def test_only_what_is_live_is_over_with_its_window(make):
    life = make().life
    assert life.state_at(T0 + 100 * DAY) == life.state


def test_the_public_projection_never_leads_to_the_private_side():
    for launch in (draft(), live(), retired()):
        shown = repr(launch.public())
        assert MAKER not in shown
        assert MODEL not in shown
        assert "127.0.0.1" not in shown


def test_before_after_and_revealed_in_the_catalogues_words():
    now = T0 + DAY
    card = public.model_card(live().public(), now)
    assert card.expiration_date == "2026-02-11"
    assert "logged" in card.description
    assert "available until" not in card.description
    card = public.model_card(live().public(), T0 + 4 * DAY)
    told = "Mule Beta is available until 11 February 2026, 00:00 UTC."
    assert card.description.startswith(told)
    over = public.endpoints_page(live().public(), T0 + 5 * DAY).data
    assert over.endpoints == ()
    assert over.description.startswith("The trial of Mule Beta ended on 11 February 2026.")
    told = moves.reveal(retired(), by(now)).launch.public()
    assert notices.farewell(told, now) == (
        "Mule Beta was Example-5 by Example Lab. Thank you. Use `example/example-5` instead."
    )


class Life(RuleBasedStateMachine):
    """Whatever is tried in whatever order: the state only ever goes on, and history only grows."""

    ORDER = ("draft", "live", "retired", "revealed")

    def __init__(self):
        super().__init__()
        self.launch = draft()
        self.now = T0

    def try_to(self, move, **extra):
        before = self.launch
        try:
            self.launch = getattr(moves, move)(before, by(self.now), **extra).launch
        except ConfigError:
            return
        order = self.ORDER.index
        assert order(self.launch.life.state) - order(before.life.state) in (0, 1)
        assert self.launch.changes[: len(before.changes)] == before.changes
        assert self.launch.revision == before.revision + 1

    @rule(hours=st.integers(0, 100))
    def time_passes(self, hours):
        self.now += hours * DAY // 24

    @rule()
    def go_live(self):
        self.try_to("go_live")

    @rule(days=st.integers(-3, 9))
    def extend(self, days):
        self.try_to("extend", closes_us=self.now + days * DAY)

    @rule()
    def retire(self):
        self.try_to("retire")

    @rule()
    def reveal(self):
        self.try_to("reveal")

    @invariant()
    def the_maker_is_named_by_the_reveal_alone(self):
        assert (MAKER in repr(self.launch.public())) == (self.launch.life.state == "revealed")


TestLife = Life.TestCase
