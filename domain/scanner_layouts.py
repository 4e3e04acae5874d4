"""What each key of a keyboard types under the layouts scanners are set to, beside what it types on the US one.

A kiosk reads keys as a US keyboard has them; a scanner set to another layout presses the keys which that one needs.
Source: xkeyboard-config 2.35.1, the two plain levels of de, fr, be, gb, es, it, latam, pt and jp. � stands where a
key is dead, where the layouts under one name differ, and where the US key is not the only one with its character.
Layouts whose digits or `$` need AltGr are not among them: such a key spoils its code, and the kiosk says so.
"""

from collections.abc import Mapping

UNTOLD = "\ufffd"

_US = "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"

LAYOUTS: Mapping[str, str] = {
    "german": (
        '�1234567890ß�qwertzuiopü+asdfghjklöäyxcvbnm,.-°!"§$%&/()=?�QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_'
    ),
    "french": (
        "²&é\"'(-è_çà)=azertyuiop�$qsdfghjklmùwxcvbn,;:!~1234567890°+AZERTYUIOP�£QSDFGHJKLM%WXCVBN?./§"
    ),
    "belgian": (
        "²&é\"'(§è!çà)-azertyuiop�$qsdfghjklmùwxcvbn,;:=³1234567890°_AZERTYUIOP�*QSDFGHJKLM%WXCVBN?./+"
    ),
    "british": (
        "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./¬!\"£$%^&*()_+QWERTYUIOP{}ASDFGHJKL:@ZXCVBNM<>?"
    ),
    "spanish_italian": (
        "�1234567890'�qwertyuiop�+asdfghjkl��zxcvbnm,.-�!\"�$%&/()=?�QWERTYUIOP�*ASDFGHJKL��ZXCVBNM;:_"
    ),
    "portuguese": (
        "\\1234567890'«qwertyuiop+�asdfghjklçºzxcvbnm,.-|!\"#$%&/()=?»QWERTYUIOP*�ASDFGHJKLÇªZXCVBNM;:_"
    ),
    "japanese": (
        "�1234567890-^qwertyuiop@[asdfghjkl;:zxcvbnm,./�!\"#$%&'()~=~QWERTYUIOP`{ASDFGHJKL+*ZXCVBNM<>?"
    ),
}
"""By name: what is typed where the US keyboard types the character at the same place of its own."""

_TABLES = {name: str.maketrans(_US + "\\|", typed + UNTOLD * 2) for name, typed in LAYOUTS.items()}


def as_typed(text: str, layout: str) -> str:
    """Return what a scanner set to this layout meant by the keys that were read as a US keyboard's."""
    return text.translate(_TABLES[layout])
