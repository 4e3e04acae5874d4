"""QR Code (ISO/IEC 18004), level M: some 15 % of it may be dirty and it is still read."""

import zxingcpp

from labels.code_traits import QR_M
from labels.symbology import HOUSE_MATRIX, Symbology, refuse_unless_printable

SYMBOLOGY = Symbology(
    name="qr",
    zxing=zxingcpp.BarcodeFormat.QRCode,
    options={"ec_level": "M"},
    is_linear=False,
    quiet_modules=4,  # ISO/IEC 18004: four modules on all sides
    identifier="]Q1",
    refusal=refuse_unless_printable,
    limits={"house": HOUSE_MATRIX},
    matrix=QR_M,
)
