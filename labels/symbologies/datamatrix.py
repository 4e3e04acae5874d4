"""Data Matrix ECC 200 (ISO/IEC 16022), square: the most content on the least paper."""

import zxingcpp

from labels.code_traits import DATA_MATRIX
from labels.symbology import HOUSE_MATRIX, Symbology, refuse_unless_printable

SYMBOLOGY = Symbology(
    name="datamatrix",
    zxing=zxingcpp.BarcodeFormat.DataMatrix,
    options={"force_square": True},
    is_linear=False,
    quiet_modules=2,  # ISO/IEC 16022 asks for 1; a second one costs little and forgives a skewed roll
    identifier="]d1",
    refusal=refuse_unless_printable,
    limits={"house": HOUSE_MATRIX},
    matrix=DATA_MATRIX,
)
