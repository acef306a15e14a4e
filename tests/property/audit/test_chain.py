"""Laws of the log: what was written checks, and whatever is done to it without the key is found."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from keepsight.core import chain

KEY = b"the key of the test"
AT = datetime(2020, 6, 3, 8, 30, tzinfo=UTC)
START = "5" * 64
Row = tuple[int, bytes, str, str]

details = st.dictionaries(
    st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.integers()), max_size=3
)
sayings = st.lists(st.tuples(st.text(max_size=8), details), min_size=2, max_size=12, unique_by=lambda s: s[0])


def written(said: list) -> list[Row]:
    rows, link = [], START
    for seq, (text, detail) in enumerate(said, 1):
        bytes_ = chain.canonical(AT + timedelta(seconds=seq), [text], detail)
        content = chain.content_of(KEY, bytes_)
        link = chain.link_of(link, seq, content)
        rows.append((seq, bytes_, content, link))
    return rows


def anchor(kind: str, seq: int, link: str, first: int = 0) -> chain.Anchor:
    bare = chain.Anchor(kind, START[:16], first, seq, link, "2020-06-03T08:30:00+00:00")
    return chain.Anchor(kind, bare.log, first, seq, link, bare.at, seal=bare.sealed_with(KEY))


def checked(rows: list[Row], *anchors: chain.Anchor, head: tuple[int, str]) -> chain.Fault | None:
    log = chain.Chain(KEY, [anchor("start", 0, START), *anchors])
    if log.fault:
        return log.fault
    for row in rows:
        if fault := log.check(*row):
            return fault
    return log.end(*head)


def tied_anew(rows: list[Row]) -> list[Row]:
    """What somebody without the key can do: number and tie everything again."""
    link, tied = START, []
    for seq, (_, said, content, _) in enumerate(rows, 1):
        link = chain.link_of(link, seq, content)
        tied.append((seq, said, content, link))
    return tied


@given(sayings)
def test_what_was_written_checks(said):
    rows = written(said)
    last = rows[-1][0], rows[-1][3]
    assert checked(rows, anchor("anchor", *last), head=last) is None


@given(sayings, st.data())
def test_a_changed_event_is_named(said, data):
    rows = written(said)
    which = data.draw(st.integers(0, len(rows) - 1))
    seq, bytes_, content, link = rows[which]
    rows[which] = (seq, bytes_ + b" ", content, link)
    assert checked(rows, head=(rows[-1][0], rows[-1][3])).seq == seq
    rows[which] = (seq, bytes_ + b" ", chain.content_of(b"another key", bytes_ + b" "), link)
    assert checked(tied_anew(rows), head=(rows[-1][0], "?")).seq == seq


@given(sayings, st.data())
def test_a_removed_event_is_named(said, data):
    rows = written(said)
    which = data.draw(st.integers(0, len(rows) - 1))
    head = rows[-1][0], rows[-1][3]
    assert checked(rows[:which] + rows[which + 1 :], head=head).seq == which + 1


@given(sayings, st.data())
def test_two_events_that_changed_places_are_named(said, data):
    rows = written(said)
    one, other = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True).map(sorted))
    head = rows[-1][0], rows[-1][3]
    (s1, b1, c1, l1), (s2, b2, c2, l2) = rows[one], rows[other]
    rows[one], rows[other] = (s1, b2, c2, l1), (s2, b1, c1, l2)
    assert checked(rows, head=head).seq == s1


@given(sayings, st.data())
def test_a_log_tied_anew_does_not_fit_its_anchor(said, data):
    rows = written(said)
    vouched = anchor("anchor", rows[-1][0], rows[-1][3])
    which = data.draw(st.integers(0, len(rows) - 1))
    anew = tied_anew(rows[:which] + rows[which + 1 :])
    head = (anew[-1][0], anew[-1][3]) if anew else (0, START)
    assert "removed" in checked(anew, vouched, head=head).sentence
    swapped = tied_anew(rows[1:2] + rows[:1] + rows[2:])
    found = checked(swapped, vouched, head=(swapped[-1][0], swapped[-1][3]))
    assert "written anew" in found.sentence


@given(sayings, st.data())
def test_a_bridge_takes_the_place_of_exactly_what_it_names(said, data):
    rows = written(said)
    first = data.draw(st.integers(1, len(rows) - 1))
    last = data.draw(st.integers(first, len(rows) - 1))
    bridge = anchor("bridge", last, rows[last - 1][3], first=first)
    head = rows[-1][0], rows[-1][3]
    assert checked(rows[: first - 1] + rows[last:], bridge, head=head) is None
    assert checked(rows, bridge, head=head) is None
    if last + 1 < len(rows):
        assert checked(rows[: first - 1] + rows[last + 1 :], bridge, head=head).seq == last + 1
    forged = chain.Anchor("bridge", START[:16], first, last, rows[last - 1][3], bridge.at, seal="0" * 64)
    assert "forged" in checked(rows[: first - 1] + rows[last:], forged, head=head).sentence


@given(sayings)
def test_an_anchor_reads_back_from_its_line(said):
    rows = written(said)
    made = anchor("anchor", rows[-1][0], rows[-1][3])
    read = chain.anchor_from_line(made.as_line() + "\n", "in a file")
    assert read == made
    assert read.seal == made.seal
    assert chain.anchor_from_line(made.as_line()[5:].replace("\t", " "), "") is None
