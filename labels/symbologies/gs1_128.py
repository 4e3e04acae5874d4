"""GS1-128 (GS1 General Specifications, section 5.4): Code 128 that begins with FNC1 and names its parts."""

import re

import zxingcpp

from domain.gs1.dictionary import identifier
from labels.code_traits import code128_characters
from labels.symbology import HOUSE_LINEAR, Limits, LongestCode, Symbology, refuse_unless_gs1

_PART = re.compile(r"\((\d+)\)([^(]*)")


def data_characters(content: str) -> int:
    """How many data characters a bracketed content is: identifiers, values, and FNC1 wherever it separates two."""
    parts: list[tuple[str, str]] = _PART.findall(content)
    separators = sum(not _ends_by_itself(ai) for ai, _ in parts[:-1])
    return sum(len(ai) + len(value) for ai, value in parts) + separators


def _ends_by_itself(ai: str) -> bool:
    known = identifier(ai)
    return known is not None and known.is_predefined


SYMBOLOGY = Symbology(
    name="gs1_128",
    zxing=zxingcpp.BarcodeFormat.Code128,
    options={"gs1": True},
    is_linear=True,
    quiet_modules=10,  # GS1 General Specifications, section 5.4
    identifier="]C1",
    refusal=refuse_unless_gs1,
    limits={
        "house": HOUSE_LINEAR,
        # GS1 Sweden, Size guide (the limits of the GS1 General Specifications): GS1-128
        "distribution": Limits(module_mm_min=0.495, module_mm_max=1.016, height_mm_min=31.75),
    },
    # GS1 General Specifications (release 18), section 5.4.4.3: 48 characters with identifiers and separators, without
    # the auxiliary ones and the check character; 165.10 mm with the quiet zones.
    longest=LongestCode(chars=data_characters, chars_max=48, width_mm_max=165.1),
    characters=code128_characters,
    bar_sum_limit=1.75,  # modules
)
