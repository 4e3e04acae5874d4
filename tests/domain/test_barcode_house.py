"""House codes: what is printed is read back, and what is damaged is refused."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.barcode import (
    BadgeCode,
    BundleCode,
    Control,
    ControlCommand,
    DocumentCode,
    HandlingUnitCode,
    PlaceCode,
    PlainText,
    Reading,
    ReadingKind,
    read,
)
from domain.barcodes.house import (
    ALPHABET,
    BODY_CHARS_MAX,
    CODE_CHARS_MAX,
    HouseType,
    check_character,
    control_code,
    house_code,
    is_checked,
)

bodies = st.text(ALPHABET, min_size=1, max_size=BODY_CHARS_MAX)
types = st.sampled_from(HouseType)

CORPUS = [
    house_code(house_type, body)
    for house_type, body in product(
        HouseType, ["1", "A0102", "RCV1", "0000000000", "ZZYYWWQQAAMM", "B24X0117K0093"]
    )
    if house_type is not HouseType.CONTROL
] + [
    *(control_code(command) for command in ControlCommand if command is not ControlCommand.QUANTITY),
    *(control_code(ControlCommand.QUANTITY, digits) for digits in ("1", "12", "250")),
    house_code(HouseType.PLACE, ALPHABET[:BODY_CHARS_MAX]),
]


def gf4_times(a: int, b: int) -> int:
    """Multiply polynomials over GF(2), bits as coefficients, modulo x² + x + 1."""
    product_bits = (a if b & 1 else 0) ^ (a << 1 if b & 2 else 0)
    return product_bits ^ 0b111 if product_bits & 0b100 else product_bits


def gf9_times(a: int, b: int) -> int:
    """Multiply (ux + v)(sx + t) over GF(3), with x² = -1."""
    (u, v), (s, t) = divmod(a, 3), divmod(b, 3)
    return (u * t + v * s) % 3 * 3 + (v * t - u * s) % 3


def gf9_plus(a: int, b: int) -> int:
    return (a // 3 + b // 3) % 3 * 3 + (a + b) % 3


def reference_sum(code: str) -> tuple[int, int]:
    """Sum a code straight from the definition: each symbol times the weight of its place from the right."""
    fours, nines, alpha, beta = 0, 0, 1, 1
    for character in reversed(code):
        symbol = ALPHABET.index(character)
        fours ^= gf4_times(alpha, symbol // 9)
        nines = gf9_plus(nines, gf9_times(beta, symbol % 9))
        alpha, beta = gf4_times(alpha, 2), gf9_times(beta, 4)
    return fours, nines


def is_refused(reading: Reading) -> bool:
    """Not taken for any house code: refused, or plain text that claims nothing."""
    is_plain = reading.kind is ReadingKind.foreign and all(isinstance(e, PlainText) for e in reading.elements)
    return is_plain or (
        reading.kind is ReadingKind.unreadable and reading.problem is not None and not reading.elements
    )


def test_the_check_agrees_with_its_definition_at_every_place_for_every_symbol():
    for place, symbol in product(range(CODE_CHARS_MAX), ALPHABET):
        code = symbol + "0" * place
        assert is_checked(code) == (reference_sum(code) == (0, 0))


@given(payload=st.text(ALPHABET, max_size=CODE_CHARS_MAX))
def test_the_check_character_makes_the_defined_sum_zero_and_no_other_does(payload: str):
    right = check_character(payload)
    assert [c for c in ALPHABET if reference_sum(payload + c) == (0, 0)] == [right]
    assert [c for c in ALPHABET if is_checked(payload + c)] == [right]


def test_two_different_symbols_never_weigh_the_same_at_any_place():
    for place in range(CODE_CHARS_MAX):
        assert len({reference_sum(symbol + "0" * place) for symbol in ALPHABET}) == len(ALPHABET)


def test_swapping_two_different_neighbours_changes_the_sum_at_every_place_for_every_pair():
    for place in range(CODE_CHARS_MAX - 1):
        for a, b in product(ALPHABET, repeat=2):
            same = reference_sum(a + b + "0" * place) == reference_sum(b + a + "0" * place)
            assert same == (a == b)


@pytest.mark.fault("S6")
def test_every_single_wrong_character_is_refused_in_the_whole_corpus():
    accepted = [
        (code, wrong)
        for code in CORPUS
        for place, symbol in product(range(len(code)), ALPHABET)
        if symbol != code[place] and not is_refused(read(wrong := code[:place] + symbol + code[place + 1 :]))
    ]
    assert not accepted


@pytest.mark.fault("S6")
def test_every_swap_of_neighbours_is_refused_in_the_whole_corpus():
    accepted = [
        code
        for code in CORPUS
        for place, (a, b) in enumerate(pairwise(code))
        if a != b and not is_refused(read(code[:place] + b + a + code[place + 2 :]))
    ]
    assert not accepted


@pytest.mark.fault("S6")
def test_damage_behind_the_type_letter_is_called_unreadable_and_never_plain_text():
    kinds = {
        read(code[:place] + symbol + code[place + 1 :]).kind
        for code in CORPUS
        for place, symbol in product(range(2, len(code)), ALPHABET)
        if symbol != code[place]
    }
    assert kinds == {ReadingKind.unreadable}


@pytest.mark.parametrize(
    ("house_type", "element"),
    [
        (HouseType.PLACE, PlaceCode("A0102")),
        (HouseType.BUNDLE, BundleCode("A0102")),
        (HouseType.STAFF, BadgeCode("A0102")),
        (HouseType.DOCUMENT, DocumentCode("A0102")),
        (HouseType.HANDLING_UNIT, HandlingUnitCode("A0102")),
    ],
)
def test_each_type_letter_means_its_own_thing(house_type: HouseType, element: object):
    reading = read(house_code(house_type, "A0102"))
    assert (reading.kind, reading.elements, reading.problem) == (ReadingKind.house, (element,), None)


def test_a_printed_code_never_changes():
    """Labels hang on shelves for years: these characters are fixed for ever."""
    assert house_code("P", "A0102") == "ZPA01027"
    assert control_code(ControlCommand.UNDO) == "ZCUNDOT"
    assert control_code(ControlCommand.QUANTITY, "12") == "ZCQTY12Z"


@given(house_type=types.filter(lambda t: t is not HouseType.CONTROL), body=bodies)
def test_every_body_is_read_back_as_it_was_printed(house_type: HouseType, body: str):
    reading = read(house_code(house_type, body))
    assert reading.kind is ReadingKind.house
    assert [getattr(element, "value", None) for element in reading.elements] == [body]


@pytest.mark.parametrize("command", [c for c in ControlCommand if c is not ControlCommand.QUANTITY])
def test_every_command_card_is_read_as_its_command(command: ControlCommand):
    assert read(control_code(command)).elements == (Control(command),)


def test_a_quantity_card_carries_its_number():
    assert read(control_code(ControlCommand.QUANTITY, "12")).elements == (
        Control(ControlCommand.QUANTITY, "12"),
    )


@pytest.mark.parametrize("body", ["DANCE", "QTY", "QTYX", "UNDO1", "QTY1234567890"])
def test_a_well_printed_card_with_an_unknown_command_is_refused(body: str):
    reading = read(house_code(HouseType.CONTROL, body))
    assert reading.kind is ReadingKind.unreadable
    assert reading.problem is not None
    assert reading.problem.code == "unknown_control"


@pytest.mark.parametrize(
    ("command", "argument"),
    [(ControlCommand.UNDO, "1"), (ControlCommand.QUANTITY, None), (ControlCommand.QUANTITY, "1.5")],
)
def test_a_card_that_could_not_be_read_back_is_never_printed(command: ControlCommand, argument: str | None):
    with pytest.raises(ValueError, match="argument"):
        control_code(command, argument)


@pytest.mark.parametrize("body", ["", "a", "A-1", "Ä", "1" * (BODY_CHARS_MAX + 1), "A B", "١"])
def test_a_body_outside_the_alphabet_or_length_is_never_printed(body: str):
    with pytest.raises(ValueError, match="body"):
        house_code(HouseType.PLACE, body)


def test_an_unknown_type_letter_is_never_printed():
    with pytest.raises(ValueError, match="X"):
        house_code("X", "A1")


@pytest.mark.parametrize("text", ["ZP", "ZPA", "ZPA0102", "ZPA010", "ZPA01027" + "0" * 30, "ZPA0102707"])
@pytest.mark.fault("S6")
def test_a_truncated_or_overlong_house_code_is_refused(text: str):
    reading = read(text)
    assert reading.kind is ReadingKind.unreadable
    assert reading.problem is not None
    assert reading.problem.code == "unreadable_code"
    assert reading.problem.parameters["format"] == "house"


@pytest.mark.parametrize("text", ["ZB-2024-0031", "ZP 12", "Z", "ZX12", "ZEBRA", "YPS-1", "WB1234", "zebra"])
@pytest.mark.fault("S7")
def test_factory_numbers_that_only_look_a_little_like_ours_are_left_alone(text: str):
    assert read(text).elements == (PlainText(text),)


def through_qwertz(code: str) -> str:
    """What a German host makes of a scanner that types as a US keyboard."""
    return code.translate(str.maketrans("YZ", "ZY"))


def through_azerty_host(code: str) -> str:
    """What a French host makes of a scanner that types as a US keyboard, Shift held for the letters only."""
    return code.translate(str.maketrans("AQZWM1234567890", "QAWZ?&é\"'(-è_çà"))


def through_azerty_scanner(code: str) -> str:
    """What a US host makes of a scanner that types as a French keyboard, Shift held for letters and digits."""
    return code.translate(str.maketrans("AQZWM1234567890", "QAWZ:!@#$%^&*()"))


@pytest.mark.parametrize(
    ("mis_set", "code", "layout"),
    [
        (through_qwertz, "scanner_layout", "QWERTZ"),
        (through_azerty_host, "scanner_layout", "AZERTY"),
        (through_azerty_scanner, "scanner_layout", "AZERTY"),
        (
            lambda text: text.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
            "scanner_layout",
            "full-width",
        ),
        (str.swapcase, "scanner_case", None),
        (lambda text: through_qwertz(text).swapcase(), "scanner_layout", "QWERTZ"),
    ],
    ids=["qwertz", "azerty-host", "azerty-scanner", "full-width", "case", "qwertz-and-case"],
)
@pytest.mark.parametrize("printed", CORPUS)
@pytest.mark.fault("S5", "S9")
def test_a_mis_set_scanner_is_refused_and_its_setting_named(
    mis_set, code: str, layout: str | None, printed: str
):
    reading = read(mis_set(printed))
    assert reading.kind is ReadingKind.unreadable
    assert reading.elements == ()
    assert reading.problem is not None
    assert reading.problem.code == code
    assert reading.problem.parameters.get("layout") == layout
