"""Links for people outside: they open what they were made for, until their day, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.outside_link import LINK_CHARS_MAX, Link, LinkError, read_link, sign

KEY = "k" * 64
TODAY = date(2026, 11, 28)
LINK = Link("P1", "WF20261128-A1-0001", "2026-12-12")


def test_a_link_says_what_it_was_made_for() -> None:
    text = sign(LINK, KEY)
    assert read_link(text, KEY, TODAY) == LINK
    assert read_link(text, KEY, date(2026, 12, 12)) == LINK
    assert len(text) < 100


def test_the_day_after_it_is_over() -> None:
    with pytest.raises(LinkError, match=r"outside\.over"):
        read_link(sign(LINK, KEY), KEY, date(2026, 12, 13))


@given(st.integers(0, 60), st.characters(codec="ascii"))
def test_a_link_with_a_character_changed_opens_nothing(index: int, other: str) -> None:
    text = sign(LINK, KEY)
    at = index % (len(text) - 1)  # of the last character some bits mean nothing
    changed = f"{text[:at]}{other}{text[at + 1 :]}"
    assume(changed != text)
    with pytest.raises(LinkError, match=r"outside\.not_ours"):
        read_link(changed, KEY, TODAY)


@pytest.mark.parametrize(
    "text", ["", "x", "中文", "a" * (LINK_CHARS_MAX + 1), "====", sign(LINK, "other key")]
)
def test_what_is_no_link_of_ours_opens_nothing(text: str) -> None:
    with pytest.raises(LinkError, match=r"outside\.not_ours"):
        read_link(text, KEY, TODAY)
