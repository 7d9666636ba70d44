"""The signs that numbers are written in: digits of every script, what stands between them; one form for all."""

import re
import unicodedata

# What stands between signs unseen: format characters, fillers, combining and keycap marks.
FORMATS = (
    r"\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u20d0-\u20ff\u2800\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
UNSEEN = rf"\x00-\x1f\x7f-\x9f{FORMATS}"  # with control characters
# What people put between digits: blanks, dashes, dots, brackets.
SEPARATORS = (
    rf"\s{UNSEEN}"
    r"\-\u2010-\u2015\u2043\u2212\u2500-\u2503\u30fc\uff0d\uff70\ufe31\ufe32\ufe58\ufe63"
    r".\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65_\uff3f/\uff0f"
    r"()\uff08\uff09,\uff0c"
)
DOTS = ".\u00b7\u2022\u2027\u30fb\uff0e"  # between the parts of a name as well
# Characters of blocks with digits of their own, up to those in squares and circles beyond the first plane.
_CODES = [
    code for code in (*range(0xB2, 0x2800), *range(0x1F100, 0x1F10D)) if unicodedata.digit(chr(code), None) is not None
]
LISTING = "、。：:；;"  # between the parts of a number, but of every list and time as well
REPEATED = "*+~|="  # the same, but of sums and sizes as well
CUTS = LISTING + REPEATED + "＊＋～｜＝"
# One sign for one sign, so that places in the folded text are places in the text.
_LIKE_O = dict.fromkeys("ОΟ○◯", "O") | dict.fromkeys("оο", "o")  # Cyrillic, Greek, circles
_ASCII = {"\u3000": " ", **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, **_LIKE_O}
# Brackets, commas and colons of full width stand in every text, and patterns know them: alone they are left.
_WORTH_FOLDING = re.compile(f"[０-９Ａ-Ｚａ-ｚ＠．＿－{''.join(_LIKE_O)}]")
NOUGHTS = "OoＯｏОΟ○◯оο"
_CHINESE_DIGITS = "零〇一二三四五六七八九"
# Digits that \d does not know: of cheques, of military telephony, Suzhou numerals, in circles, raised and the like.
_OTHER_DIGITS = {
    "〇": 0,
    **{digit: value for value, digit in enumerate(_CHINESE_DIGITS.replace("〇", ""))},
    **{digit: value for value, digit in enumerate("洞幺两叁肆伍陆拐捌勾")},
    **{digit: value for value, digit in enumerate("零壹贰參肆伍陸柒捌玖")},
    **{digit: value for value, digit in enumerate("〡〢〣〤〥〦〧〨〩", start=1)},
    **dict.fromkeys("貳弐貮", 2),
    **dict.fromkeys("叄参", 3),
    **{chr(code): int(unicodedata.digit(chr(code))) for code in _CODES if unicodedata.category(chr(code)) == "No"},
}
DIGIT = rf"[\d{''.join(_OTHER_DIGITS)}]"
# Every digit and, beyond the first plane, other signs: looked up three times as fast, for a first look that may err.
_PLANE = "".join(chr(code) for code in range(0x10000) if chr(code).isdecimal() or chr(code) in _OTHER_DIGITS)
PERHAPS_DIGIT = rf"[{_PLANE}\U00010000-\U0001ffff]"

_TRANSLATE = {
    **{ord(digit): str(value) for digit, value in _OTHER_DIGITS.items()},
    ord("Ｘ"): "X",
    ord("ｘ"): "X",
    ord("x"): "X",
}

_FOLD = str.maketrans(_ASCII)
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_NOUGHT = re.compile(rf"(?<=[0-9Oo])[Oo](?=[{SEPARATORS}{CUTS}]{{0,2}}[0-9Oo])")


def plain_digits(digits: str) -> str:
    """ASCII digits and a capital X, whatever script they were written in."""
    if digits.isascii():
        return digits.upper()
    return "".join(c if c == "X" else str(int(c)) for c in digits.translate(_TRANSLATE).upper())


def folded(text: str) -> str:
    """The text with ASCII for full-width signs and an O for what looks like one; every sign keeps its place."""
    return text.translate(_FOLD) if _WORTH_FOLDING.search(text) else text


def folded_digits(text: str) -> str:
    """`folded`, with ASCII for every digit, and a nought for an O beside digits."""
    plain = _FOREIGN_DIGIT.sub(lambda found: str(int(found[0])), folded(text).translate(_TRANSLATE))
    return _NOUGHT.sub("0", plain)
