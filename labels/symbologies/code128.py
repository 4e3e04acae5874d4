"""Code 128 (ISO/IEC 15417): the linear code every scanner reads."""

import zxingcpp

from labels.code_traits import code128_characters
from labels.symbology import HOUSE_LINEAR, Symbology, refuse_unless_ascii

SYMBOLOGY = Symbology(
    name="code128",
    zxing=zxingcpp.BarcodeFormat.Code128,
    options={},
    is_linear=True,
    quiet_modules=10,  # ISO/IEC 15417: ten times the narrow bar
    identifier="]C0",
    refusal=refuse_unless_ascii,
    limits={"house": HOUSE_LINEAR},
    characters=code128_characters,
    bar_sum_limit=1.75,  # modules
)
