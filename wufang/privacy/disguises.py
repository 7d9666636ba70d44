"""Finds what the plain forms miss: phones cut up by list signs, an O for a nought, accounts and papers behind a word.

Every pattern looks at a bounded piece of text from each sign on, so that the work grows with the length only.
"""

import re
from collections.abc import Iterator

from wufang.privacy.numbers import Kind, is_card_number, may_be_id_card
from wufang.privacy.signs import CUTS, LISTING, SEPARATORS, folded

_PAPER_WORDS = "护照|台胞证|回乡证|(?:港澳|台湾|内地|大陆)(?:居民)?(?:来往(?:内地|大陆))?通行证"

# Every branch begins with a plain letter: the search then skips from one such letter to the next. Texts speak of
# 微信 and of （A市） all the time; only what may go on as an account or as an address counts.
_ID_NEAR = r"(?=[号码账帐\s:：是为=]{0,6}[A-Za-zＡ-Ｚａ-ｚ])"
_AT = r"\s?[AaＡａ@＠][TtＴｔ\s)）\]］】}>]"
ANNOUNCED = re.compile(
    r"QQ|qq|Qq|ＱＱ|ｑｑ|扣扣|vx|VX|Vx|ｖｘ|ＶＸ|wx|WX|Wx|ｗｘ|ＷＸ|WeChat|wechat|weixin|WeiXin|加V|加v|护照|通行证|回乡证|台胞证"
    rf"|微信{_ID_NEAR}|薇信{_ID_NEAR}|威信{_ID_NEAR}|V信{_ID_NEAR}|v信{_ID_NEAR}|Ｖ信{_ID_NEAR}|加微{_ID_NEAR}"
    rf"|\({_AT}|（{_AT}|\[{_AT}|［{_AT}|【{_AT}|\{{{_AT}|<{_AT}"
)
_JOIN = r"[\s:：是为=_-]{0,4}"
# A WeChat id: a letter, then five to nineteen letters, digits, dashes (the client's own rule for new ids).
_WECHAT = re.compile(
    r"(?:[微薇威V]信|加[微V]|(?<![a-z])(?:wechat|weixin|vx|wx))((?:号码?|账号|帐号|ID|[\s:：是为=]){0,4})"
    r"([a-z][a-z0-9_-]{5,19})(?![a-z0-9_.])",
    re.IGNORECASE,
)
_WXID = re.compile(r"wxid_[a-z0-9]{6,32}", re.IGNORECASE)
_DATE = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_QQ = re.compile(rf"(?:QQ|扣扣)(?:号码?|账号|帐号)?{_JOIN}(?!{_DATE})([1-9][0-9]{{4,11}})(?![0-9])", re.IGNORECASE)
_PAPER = re.compile(
    rf"(?:(?:{_PAPER_WORDS})(?:号码?|证号|编号)?{_JOIN}(?!{_DATE}(?![0-9]))([A-Z]{{0,2}}[0-9]{{7,10}})"
    rf"|通行证(?:号码?|证号|编号)?{_JOIN}([A-Z]{{1,2}}[0-9]{{7,10}}))(?![0-9A-Z])",
    re.IGNORECASE,
)
_OPEN, _CLOSE = r"[(（\[［{<【]\s?", r"\s?[)）\]］}>】]"
_WRITTEN_OUT_MAIL = re.compile(
    rf"(?<![A-Z0-9._%+-])[A-Z0-9._%+-]{{1,64}}\s?{_OPEN}(?:at|@){_CLOSE}\s?[A-Z0-9-]{{1,63}}"
    rf"(?:\s?(?:[.。]|{_OPEN}(?:dot|\.){_CLOSE})\s?[A-Z0-9-]{{2,24}}){{1,8}}",
    re.IGNORECASE,
)

_LIST = rf"[{SEPARATORS}{LISTING}]{{1,8}}"
_SAME = rf"[{SEPARATORS}{CUTS}]{{1,8}}"
# Of numbers cut up by signs that stand between numbers, too, only the usual pieces count: lists and times have others.
_MOBILE = re.compile(
    rf"1[3-9][0-9](?:{_LIST}[0-9]{{4}}{_LIST}[0-9]{{4}}|(?P<three>{_SAME})[0-9]{{4}}(?P=three)[0-9]{{4}}"
    rf"|{_SAME}(?!{_DATE})[0-9]{{8}}|[0-9]{{4}}{_SAME}[0-9]{{4}}|[0-9]{{8}})"
    rf"|1(?P<one>{_SAME})[3-9](?:(?P=one)[0-9]){{9}}"
)
_LANDLINE = re.compile(rf"0(?:10|2[0-9]|[3-9][0-9]{{2}}){_SAME}(?!{_DATE})[2-9][0-9]{{2,3}}(?:{_SAME})?[0-9]{{4}}")
_ID_CARD = re.compile(
    rf"[1-8][0-9]{{5}}{_SAME}(?:19|20)[0-9]{{2}}(?:{_SAME})?[0-9]{{4}}{_SAME}[0-9]{{3}}(?:{_SAME})?[0-9X]"
)
_BANK_CARD = re.compile(rf"62[0-9]{{2}}(?:{_SAME}[0-9]{{4}}){{3}}(?:{_SAME}[0-9]{{1,3}}(?![0-9]))?")


def cut_up(plain: str) -> Iterator[tuple[int, int, Kind]]:
    """Numbers whose pieces stand apart by signs of lists, times and sums, in a text of ASCII digits; unordered."""
    for pattern, kind in ((_MOBILE, Kind.PHONE), (_LANDLINE, Kind.PHONE)):
        for found in pattern.finditer(plain):
            yield *found.span(), kind
    for found in _ID_CARD.finditer(plain):
        if may_be_id_card(_only_digits(found[0])):
            yield *found.span(), Kind.ID_CARD
    for found in _BANK_CARD.finditer(plain):
        if is_card_number(_only_digits(found[0])):
            yield *found.span(), Kind.BANK_CARD


def _only_digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789X")


def announced(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Accounts and papers behind the word for them, and mail addresses with a written at; unordered."""
    said = {found[0][0] for found in ANNOUNCED.finditer(text)}
    plain = folded(text) if said else text
    for leads, find in _FINDERS:
        if not said.isdisjoint(leads):
            yield from find(plain)


def _qq(plain: str) -> Iterator[tuple[int, int, Kind]]:
    for found in _QQ.finditer(plain):
        yield *found.span(1), Kind.ACCOUNT


def _wechat(plain: str) -> Iterator[tuple[int, int, Kind]]:
    for found in _WECHAT.finditer(plain):
        if found[1].strip() or any(c.isdigit() or c in "_-" for c in found[2]):
            yield *found.span(2), Kind.ACCOUNT
    for found in _WXID.finditer(plain):
        yield *found.span(), Kind.ACCOUNT


def _papers(plain: str) -> Iterator[tuple[int, int, Kind]]:
    for found in _PAPER.finditer(plain):
        yield *found.span(1 if found[1] else 2), Kind.PASSPORT


def _mails(plain: str) -> Iterator[tuple[int, int, Kind]]:
    for found in _WRITTEN_OUT_MAIL.finditer(plain):
        yield *found.span(), Kind.EMAIL


# By the first sign of what ANNOUNCED found.
_FINDERS = (
    (frozenset("QqＱｑ扣"), _qq),
    (frozenset("微薇威VvＶｖ加WwＷｗ"), _wechat),
    (frozenset("护通回台"), _papers),
    (frozenset("(（[【{<［"), _mails),
)
