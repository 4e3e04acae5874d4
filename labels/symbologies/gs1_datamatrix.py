"""GS1 DataMatrix (GS1 General Specifications, section 5): Data Matrix that begins with FNC1."""

import zxingcpp

from labels.code_traits import DATA_MATRIX
from labels.symbology import HOUSE_MATRIX, Symbology, refuse_unless_gs1

SYMBOLOGY = Symbology(
    name="gs1_datamatrix",
    zxing=zxingcpp.BarcodeFormat.DataMatrix,
    options={"gs1": True, "force_square": True},
    is_linear=False,
    quiet_modules=2,  # the specification asks for 1; a second one costs little and forgives a skewed roll
    identifier="]d2",
    refusal=refuse_unless_gs1,
    limits={"house": HOUSE_MATRIX},
    matrix=DATA_MATRIX,
)
