"""GS1-128 (GS1 General Specifications, section 5.4): Code 128 that begins with FNC1 and names its parts."""

import zxingcpp

from labels.symbology import Symbology, refuse_unless_gs1

SYMBOLOGY = Symbology(
    name="gs1_128",
    zxing=zxingcpp.BarcodeFormat.Code128,
    options={"gs1": True},
    is_linear=True,
    quiet_modules=10,  # GS1 General Specifications, section 5.4
    identifier="]C1",
    refusal=refuse_unless_gs1,
)
