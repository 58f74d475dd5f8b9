"""A chain of contacts: what was removed, changed or moved shows, and where."""

from dataclasses import replace

import pytest
from core.chain import (
    CHANGED,
    CUT,
    MISSING,
    MOVED,
    OUTSIDE,
    START,
    Break,
    Link,
    canonical,
    digest,
    find_breaks,
)
from hypothesis import given
from hypothesis import strategies as st


def find_break(links, length, head):
    """Return the first break of a chain, or None."""
    return next(iter(find_breaks(links, length, head)), None)


def chain_of(contents):
    """Return links of contents, and their head."""
    links, head = [], START
    for position, content in enumerate(contents, 1):
        seal = digest(head, content)
        links.append(Link(position, head, seal, content))
        head = seal
    return links, head


LINKS, HEAD = chain_of([{"subject": name} for name in ("one", "deux €", "three")])


def test_an_untouched_chain_is_proven():
    assert find_break(LINKS, 3, HEAD) is None
    assert find_break([], 0, START) is None


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_changed_content_is_named(position):
    links = list(LINKS)
    links[position - 1] = replace(links[position - 1], content={"subject": "other"})
    assert find_break(links, 3, HEAD) == Break(position, CHANGED)


def test_a_changed_content_with_a_new_digest_breaks_the_next_link():
    content = {"subject": "other"}
    links = list(LINKS)
    links[1] = replace(links[1], content=content, digest=digest(HEAD, content))
    assert find_break(links, 3, HEAD) == Break(2, CHANGED)
    links[1] = replace(links[1], digest=digest(links[0].digest, content))
    assert find_break(links, 3, HEAD) == Break(3, MOVED)


def test_a_chain_written_again_to_its_end_differs_from_its_head():
    links, _head = chain_of([{"subject": "one"}, {"subject": "other"}])
    assert find_break(links, 2, LINKS[1].digest) == Break(3, CUT)


@pytest.mark.parametrize("position", [1, 2])
def test_a_removed_link_is_missing(position):
    links = [link for link in LINKS if link.position != position]
    assert find_break(links, 3, HEAD) == Break(position, MISSING)


def test_a_chain_that_was_cut_says_so():
    assert find_break(LINKS[:2], 3, HEAD) == Break(3, CUT)
    assert find_break([], 3, HEAD) == Break(1, CUT)


def test_the_order_of_keys_and_spaces_do_not_matter():
    assert canonical({"b": [1, {"y": "é", "x": ""}], "a": "€"}) == (
        '{"a":"€","b":[1,{"x":"","y":"é"}]}'
    )


def test_a_first_break_hides_no_later_one():
    links, head = chain_of([{"subject": str(number)} for number in range(1, 8)])
    for position in (2, 6):
        other = {"subject": "other"}
        links[position - 1] = replace(links[position - 1], content=other)
    assert find_breaks(links, 7, head) == [Break(2, CHANGED), Break(6, CHANGED)]
    kept = [link for link in links if link.position not in (3, 4)]
    assert find_breaks(kept, 7, head) == [
        Break(2, CHANGED),
        Break(3, MISSING, 4),
        Break(6, CHANGED),
    ]
    assert find_breaks(kept[:-1], 7, head)[-1] == Break(7, CUT)


def test_a_link_before_the_first_or_at_a_place_that_is_taken_is_none_of_the_chain():
    links, head = chain_of([{"subject": str(rank)} for rank in range(3)])
    early = [Link(rank, START, digest(START, {}), {}) for rank in (-7, 0)]
    twice = Link(2, links[0].digest, digest(links[0].digest, {}), {})
    forged = [*early, *links[:2], twice, links[2]]
    assert find_breaks(forged, 3, head) == [
        Break(-7, OUTSIDE),
        Break(0, OUTSIDE),
        Break(2, OUTSIDE),
    ]


contents = st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=3)


@given(st.lists(contents, min_size=1, max_size=6, unique_by=canonical), st.data())
def test_any_change_shows_where_it_was_made(bodies, data):
    links, head = chain_of(bodies)
    rank = data.draw(st.integers(0, len(links) - 1))
    other = data.draw(contents.filter(lambda c: c != links[rank].content))
    links[rank] = replace(links[rank], content=other)
    assert find_break(links, len(links), head) == Break(rank + 1, CHANGED)
