"""Numbers as people tell them aloud: 138 中间四位 1234 后面 5678, 138转1234转5678, 138****5678 中间是1234.

Between the usual pieces of a mobile or an identity card stand words that say which piece comes, or a word each time
where a dash would be. Counts have other words: 138户1234户5678户 stays, and so does 138点12345678万元.
"""

import re
from collections.abc import Iterator

from wufang.privacy.numbers import Kind, may_be_id_card, personal_number
from wufang.privacy.signs import CUTS, DIGIT, PERHAPS_DIGIT, SEPARATORS, plain_digits

_D, _IN, _NONE = DIGIT, DIGIT[1:-1], f"[^{DIGIT[1:-1]}]"
_MARK = rf"[{SEPARATORS}{CUTS}]{{0,3}}"
_WHICH = (
    r"(?:(?:前[面边]?|中间?|后[面边]?|最后|末尾?|尾号|尾数?|开头|结尾|接着?|然后|再)"
    r"(?:[三四五六八34568]个?(?:位数|位|数字|数|码))?(?:数字|号码)?(?:就是|是|为|加|接)?)"
)
_WORD = r"(?:[的转加杠横点我你他啊呀嗯哦]|空格?)"  # in place of a dash
_BETWEEN, _FOLLOWS = rf"{_MARK}(?:{_WHICH}|{_WORD})?{_MARK}", rf"{_MARK}{_WHICH}{_MARK}"
_PIECES = re.compile(
    rf"(?={_D}{{3}})(?<!{_D})(?:({_D}{{3}}){_BETWEEN}({_D}{{4}}){_BETWEEN}({_D}{{4}})"
    rf"|({_D}{{3}}){_FOLLOWS}({_D}{{8}})|({_D}{{7}}){_FOLLOWS}({_D}{{4}})"
    rf"|({_D}{{6}}){_BETWEEN}({_D}{{8}}){_BETWEEN}({_D}{{3}}[{_IN}XxＸｘ])"
    r"|(1[3-9]\d)一(\d{4})一(\d{4}))"  # a dash as a scan reads it
    rf"(?!{_D})"
)
_STARS = "[*＊xX×ｘＸ●·_-]{3,8}"
_STARRED = re.compile(
    rf"(?={_D}{{3}})(?<!{_D})({_D}{{3}}){_STARS}({_D}{{4}})(?!{_D}){_NONE}{{0,8}}?(?:中间|隐去|隐藏|星号|缺的|空的)"
    rf"{_NONE}{{0,4}}(?:[四4]个?(?:位数|位|数字|数|码){_NONE}{{0,4}})?({_D}{{4}})(?!{_D})"
)
# Most texts have no three digits with such a word, or with stars, behind them.
_WORTH = re.compile(rf"{PERHAPS_DIGIT}{{3}}(?:{_MARK}[前中后最末尾开结接然再的转加杠横点我你他啊呀嗯哦空一]|{_STARS})")
_HAN, _TELLS = re.compile("[一-龥]"), re.compile(_WHICH)


def spoken(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Mobiles and cards with words between their pieces; unordered."""
    if _WORTH.search(text) is None:
        return
    for found in _PIECES.finditer(text):
        pieces = [number for number, piece in enumerate(found.groups(), start=1) if piece]
        gaps = [text[found.end(one) : found.start(one + 1)] for one in pieces[:-1]]
        kind = _kind("".join(plain_digits(found[one]) for one in pieces))
        # With no word between other patterns know when that is a number.
        if kind is not None and (any(map(_TELLS.search, gaps)) or all(map(_HAN.search, gaps))):
            yield *found.span(), kind
    for found in _STARRED.finditer(text):
        first, last, middle = map(plain_digits, found.groups())
        if personal_number(first + middle + last) is Kind.PHONE:
            yield *found.span(), Kind.PHONE


def _kind(digits: str) -> Kind | None:
    if len(digits) == 18:
        return Kind.ID_CARD if may_be_id_card(digits) else None
    return personal_number(digits)
