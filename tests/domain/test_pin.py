"""What a PIN may be, what is kept of it, and how slow guessing gets."""

from __future__ import annotations

import secrets
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pin import (
    PIN_DIGITS_MAX,
    PIN_DIGITS_MIN,
    QUICK_TRIES,
    TRIES_MAX,
    WAIT_S_MAX,
    PinFlaw,
    is_pin,
    issue_of,
    kept_pin,
    key_name,
    pin_flaw,
    pin_for_kiosk,
    random_pin,
    wait_s,
)

KEY, OTHER = b"a" * 32, b"b" * 32


def test_a_pin_is_right_at_the_kiosk_it_was_made_for_and_with_its_digits_only() -> None:
    verifier = pin_for_kiosk(kept_pin("481620"), KEY)
    assert is_pin(verifier, "481620", KEY)
    assert not is_pin(verifier, "481621", KEY)
    assert not is_pin(verifier, "", KEY)
    assert not is_pin(verifier, "481620", OTHER), "a verifier without the kiosk's own key is of no use"


def test_what_is_kept_says_no_digit_and_two_of_the_same_digits_are_not_alike() -> None:
    one, two = kept_pin("481620"), kept_pin("481620")
    assert "481620" not in one
    assert one != two
    assert issue_of(one) != issue_of(two)
    assert issue_of(pin_for_kiosk(one, KEY)) == issue_of(one)
    assert key_name(KEY) != key_name(OTHER)


@pytest.mark.parametrize("verifier", ["", "scrypt", "scrypt$x$y$z", "md5$14$00$00", "scrypt$14$00$0"])
def test_what_is_no_verifier_is_nobodys_pin(verifier: str) -> None:
    assert not is_pin(verifier, "481620", KEY)


@pytest.mark.parametrize(
    ("digits", "person", "flaw"),
    [
        ("12345", "1002", PinFlaw.DIGITS),
        ("1" * (PIN_DIGITS_MAX + 1), "1002", PinFlaw.DIGITS),
        ("48162a", "1002", PinFlaw.DIGITS),
        ("٤٨١٦٢٠", "1002", PinFlaw.DIGITS),
        ("", "1002", PinFlaw.DIGITS),
        ("111111", "1002", PinFlaw.EASY),
        ("123456", "1002", PinFlaw.EASY),
        ("987654", "1002", PinFlaw.EASY),
        ("789012", "1002", PinFlaw.EASY),
        ("121212", "1002", PinFlaw.EASY),
        ("483483", "1002", PinFlaw.EASY),
        ("100299", "1002", PinFlaw.EASY),
        ("481620", "1002", None),
        ("481620481622", "1002", None),
    ],
)
def test_what_anybody_would_try_first_is_not_taken(digits: str, person: str, flaw: PinFlaw | None) -> None:
    assert pin_flaw(digits, person) is flaw


def test_a_pin_that_is_given_is_one_that_would_be_taken() -> None:
    drawn = {random_pin() for _ in range(50)}
    assert all(pin_flaw(one, "") is None and len(one) == PIN_DIGITS_MIN for one in drawn)
    assert len(drawn) > 40


@given(st.text(max_size=20))
def test_no_text_makes_the_look_at_a_pin_raise(digits: str) -> None:
    pin_flaw(digits, digits)
    assert not is_pin(f"scrypt$4${'00' * 16}${'00' * 32}", digits, secrets.token_bytes(32))


@pytest.mark.fault("A5")
def test_each_wrong_one_after_the_quick_ones_makes_the_next_wait_longer_until_it_serves_no_more() -> None:
    waits = [wait_s(failures) for failures in range(TRIES_MAX + 1)]
    assert waits[:QUICK_TRIES] == [0] * QUICK_TRIES
    assert waits[QUICK_TRIES] > 0
    assert all(after >= before for before, after in pairwise(waits))
    assert max(waits) == WAIT_S_MAX
    assert sum(waits[:TRIES_MAX]) > 8 * 3600, "all the tries there are take more than a shift"
