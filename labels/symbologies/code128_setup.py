"""Code 128 that sets a scanner up: the text, then FNC3, which tells the reader that this is no data (ISO/IEC 15417).

The encoder that draws all other codes puts FNC3 first or not at all; here it stands last, as makers want it who say
so (`domain/scanner_setups/`). A reader of ours must find it to be a set-up code, and nothing else may be one.
"""

from itertools import chain

import zxingcpp

from labels.code_traits import code128_characters
from labels.placement import Modules
from labels.symbology import HOUSE_LINEAR, Symbology, refuse_unless_ascii

# Widths of bars and spaces of each value, 0 to 102, then the starts A, B, C (ISO/IEC 15417, table 1); a test compares
# all that text can reach with what the other encoder draws.
_WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
)  # fmt: skip
_STOP = "2331112"
_START_B, _FNC3_IN_B = 104, 96
_FIRST_IN_B = 32  # the space has value 0
_CHECK_MODULUS = 103


def set_up_code(content: str) -> Modules:
    """The modules of a text in code set B with FNC3 behind it."""
    values = [*(ord(character) - _FIRST_IN_B for character in content), _FNC3_IN_B]
    weighted = sum(place * value for place, value in enumerate(values, 1))
    check = (_START_B + weighted) % _CHECK_MODULUS
    widths = chain((_WIDTHS[value] for value in (_START_B, *values, check)), (_STOP,))
    runs = map(int, "".join(widths))
    dark = bytes(chain.from_iterable([1 - place % 2] * width for place, width in enumerate(runs)))
    return Modules(len(dark), 1, dark)


SYMBOLOGY = Symbology(
    name="code128_setup",
    zxing=zxingcpp.BarcodeFormat.Code128,
    options={},
    is_linear=True,
    quiet_modules=10,  # ISO/IEC 15417
    identifier="]C0",
    refusal=refuse_unless_ascii,
    limits={"house": HOUSE_LINEAR},
    draws=set_up_code,
    sets_up=True,
    characters=code128_characters,
    bar_sum_limit=1.75,  # modules
)
