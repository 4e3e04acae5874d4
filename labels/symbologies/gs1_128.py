"""GS1-128 (GS1 General Specifications, section 5.4): Code 128 that begins with FNC1 and names its parts."""

import zxingcpp

from labels.code_traits import code128_characters
from labels.symbology import HOUSE_LINEAR, Limits, Symbology, refuse_unless_gs1

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
    characters=code128_characters,
    bar_sum_limit=1.75,  # modules
)
