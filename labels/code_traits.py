"""Traits of symbologies that several share: where their characters lie, what a matrix is found and mended by."""

from collections.abc import Sequence

from labels.symbology import MatrixTraits


def code128_characters(elements: int) -> Sequence[tuple[int, int]]:
    """Six bars and spaces each; the stop character has a last bar of its own."""
    return [(first, 6) for first in range(0, elements - 1, 6)]


# Error correction codewords of a block of ECC 200, by the side of the square: as ZXing has them from ISO/IEC 16022
# (datamatrix/decoder/Version.java).
_DATA_MATRIX_CORRECTION = {
    10: 5, 12: 7, 14: 10, 16: 12, 18: 14, 20: 18, 22: 20, 24: 24, 26: 28, 32: 36, 36: 42, 40: 48, 44: 56, 48: 68,
    52: 42, 64: 56, 72: 36, 80: 48, 88: 56, 96: 68, 104: 56, 120: 68, 132: 62, 144: 62,
}  # fmt: skip


def _data_matrix_fixed(side: int) -> Sequence[Sequence[int]]:
    left = [row * side for row in range(side)]
    bottom = [(side - 1) * side + column for column in range(side)]
    clock = [*range(side), *(row * side + side - 1 for row in range(1, side))]
    return left, bottom, clock


DATA_MATRIX = MatrixTraits(
    fixed=_data_matrix_fixed,
    timing_row=0,
    timing_column=-1,
    mendable=lambda side: _DATA_MATRIX_CORRECTION[side] // 2,
)

# Error correction codewords of a block at level M, by version from 1: as ZXing has them from ISO/IEC 18004
# (qrcode/decoder/Version.java).
_QR_M_CORRECTION = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26)
_QR_M_CORRECTION_REST = 28
_QR_M_FIRST_MISDECODE = 2  # kept back in version 1 against misreading


def _qr_mendable(side: int) -> int:
    version = (side - 17) // 4
    if version == 1:
        return (_QR_M_CORRECTION[0] - _QR_M_FIRST_MISDECODE) // 2
    found = _QR_M_CORRECTION[version - 1] if version <= len(_QR_M_CORRECTION) else _QR_M_CORRECTION_REST
    return found // 2


def _qr_fixed(side: int) -> Sequence[Sequence[int]]:
    """The three finders with the white round them, and the two timing lines."""
    finder = range(8)
    corners = [
        [(row + down) * side + column + across for row in finder for column in finder]
        for down, across in ((0, 0), (0, side - 8), (side - 8, 0))
    ]
    between = range(8, side - 8)
    return *corners, [6 * side + column for column in between], [row * side + 6 for row in between]


QR_M = MatrixTraits(fixed=_qr_fixed, timing_row=6, timing_column=6, mendable=_qr_mendable)
