"""Tells which numbers in a text are personal: by form, check digit and the words before them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import NamedTuple


class Kind(StrEnum):
    """What a number is; the value is what readers see in its place."""

    PHONE = "电话"
    ID_CARD = "身份证"
    BANK_CARD = "银行卡"
    PLATE = "车牌"
    EMAIL = "邮箱"
    ACCOUNT = "社交号"
    PASSPORT = "护照"
    NAME = "姓名"
    AUTHOR = "网友"


class Group(NamedTuple):
    """Digits standing together; one that `\\d` does not know stands for itself, as a word may begin with it: 一直."""

    start: int
    end: int
    digits: str


class Said(NamedTuple):
    """What the words before a number say it is."""

    phone: bool
    id_card: bool
    card: bool
    abroad: bool  # a plus stands before it


class Window(NamedTuple):
    """Some neighbouring groups read as one number."""

    digits: str
    layout: tuple[int, ...]  # of digits in one piece, whatever their script
    uniform: bool  # the same separator everywhere, neither dot nor comma (those make decimals, addresses, money)
    whole: bool  # nothing of the run is left out
    said: Said


_MOBILE = re.compile(r"(?:0086|86|0)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0086|86)?0(?:10|2\d)[2-9]\d{6,7}|(?:0086|86)?0[3-9]\d\d[2-9]\d{6,7}")
_LANDLINE_WITHOUT_ZERO = re.compile(r"(?:0086|86)(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}")
_MOBILE_LAYOUTS = {
    (11,),
    (3, 4, 4),
    (3, 3, 5),
    (4, 4, 3),
    (4, 3, 4),
    (3, 8),
    (7, 4),
    (5, 6),
    (3, 5, 3),
    (3, 4, 2, 2),
}
_ID_LAYOUTS = {
    (18,),
    (15,),
    (6, 8, 4),
    (6, 4, 4, 4),
    (6, 8, 3, 1),
    (6, 4, 2, 2, 4),
    (6, 12),
    (14, 4),
    (6, 9),
    (6, 6, 3),
}
_PROVINCE_CODES = frozenset(
    [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    ]
)
_PROVINCES = frozenset(map(str, _PROVINCE_CODES))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DOUBLED = {str(digit): 2 * digit - 9 * (digit > 4) for digit in range(10)}
# A work order number may be county + date + four digits, the form of a card of somebody born in that year:
# from this birth year on, only the check digit (or the word in front) makes it a card. Cards of 15 digits end
# with 1999 and hold two digits of the year: below this one it is the date of an order, not a birthday.
_SURE_BIRTH_YEAR = 2015
_OLDEST_BIRTH_YEAR_15 = 40
_INFANTS_FROM = 2020  # an order number of 2020 has the birthday of an infant
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d{3,})")
_OPENING = re.compile(rf"{_MOBILE.pattern}|{_LANDLINE.pattern}|(?:{'|'.join(sorted(_PROVINCES))})\d{{13}}")
_CARD_SIZES = range(16, 20)
_CARD_OPENINGS = "34569"
_SERVICE_NUMBER = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1[0-2]\d{1,4}")

_PHONE_WORD = re.compile(r"(?:电话|手机|座机|固话|联系方式|致电|拨打|来电|话号|热线号|微信|[Tt][Ee][Ll]|☎)\D{0,6}$")
_ID_WORD = re.compile(r"(?:身份证|证件|身份号)\D{0,8}$")
_CARD_WORD = re.compile(r"(?:卡号|银行卡|储蓄卡|信用卡|社保卡|账号|帐号|账户|帐户)\D{0,8}$")

LONGEST = 21  # digits of the longest number, a card behind its country's code
FEWEST_DIGITS = 7
BEFORE = 14  # signs before a number in which the word stands that says what it is
NOTHING_SAID = Said(False, False, False, False)


class _Run:
    """The groups of one run with what every window of them asks for, counted once."""

    __slots__ = ("at", "digits", "groups", "piece_ends", "text")

    def __init__(self, text: str, groups: list[Group]) -> None:
        self.text = text
        self.groups = groups
        self.digits = "".join(group.digits for group in groups)
        self.at = [0, *accumulate(len(group.digits) for group in groups)]  # digits before each group, and all
        self.piece_ends = self._piece_ends()

    def _piece_ends(self) -> list[int]:
        """For each group how many digits of the run stand before the end of its piece: digits without a gap."""
        ends, end = [0] * len(self.groups), self.at[-1]
        for index in range(len(self.groups) - 1, -1, -1):
            if index + 1 < len(self.groups) and self.groups[index].end != self.groups[index + 1].start:
                end = self.at[index + 1]
            ends[index] = end
        return ends


def classify(text: str, groups: list[Group]) -> Iterator[tuple[int, int, Kind]]:
    """The personal numbers among the groups of one run, leftmost and longest first.

    The work for each group is bounded whatever stands behind it, so that of a run grows with its length only.
    """
    run, bare = _Run(text, groups), _without_x(text, groups)
    index = 0
    while index < len(groups):
        read, found = run, _longest_at(run, index)
        if found is None and bare is not None:
            read, found = bare, _longest_at(bare, index)
        if found is None:
            index += 1
            continue
        last, kind = found
        yield read.groups[index].start, read.groups[last].end, kind
        index = last + 1


def _without_x(text: str, groups: list[Group]) -> _Run | None:
    """The groups without a final X, which may be a check digit or only stand behind a number; None without one."""
    last = groups[-1]
    if not last.digits.endswith("X") or len(last.digits) == 1:
        return None
    return _Run(text, [*groups[:-1], Group(last.start, last.end - 1, last.digits[:-1])])


def _longest_at(run: _Run, first: int) -> tuple[int, Kind] | None:
    """Longest window first; only glued numbers are longer than 21 digits.

    Most windows are put aside by their length and first digits: a text may be nothing but digits.
    """
    at, begin = run.at, run.at[first]
    said = _said(run, first)
    apart = run.piece_ends[first] - begin
    if apart >= LONGEST and at[first + 1] - begin < LONGEST and not (any(said) or _opens(run.digits, begin)):
        return None
    furthest = max(first, bisect_right(at, begin + LONGEST, first) - 2)
    for last in range(furthest, first - 1, -1):
        size = at[last + 1] - begin
        if size < FEWEST_DIGITS:
            return None
        digits = run.digits[begin : begin + size]
        if _worth_a_look(digits, apart, first, last, said):
            kind = _kind(_window(run, first, last, digits, said))
            if kind is not None:
                return last, kind
    return None


def _opens(digits: str, begin: int) -> bool:
    """Whether a number without gaps, of which no word says what it is, may begin here."""
    return _OPENING.match(digits, begin) is not None or any(
        _luhn(digits[begin : begin + size]) for size in _CARD_SIZES if digits[begin] in _CARD_OPENINGS
    )


def _worth_a_look(digits: str, apart: int, first: int, last: int, said: Said) -> bool:
    """Whether so many digits, of which the first `apart` stand in one piece, can be personal at all."""
    size = len(digits)
    if last == first or (said.card and size >= 12) or (size <= 15 and (said.phone or said.abroad)):
        return True
    if size in (15, 18) and (said.id_card or _may_be_id_card(digits, apart)):
        return True
    glued = apart >= size
    opens_a_phone = digits[0] == "0" or digits[:2] == "86" or (digits[0] == "1" and digits[1] > "2")
    if 9 <= size <= 17 and opens_a_phone and (glued or first == 0 or apart > 1 or (size == 12 and digits[1] == "1")):
        return True
    return size in _CARD_SIZES and digits[0] in _CARD_OPENINGS and (glued or first == 0 or apart in (4, 6))


def _may_be_id_card(digits: str, apart: int) -> bool:
    if apart >= len(digits):
        return digits[:2] in _PROVINCES
    return apart in (6, 14) or (len(digits) == 18 and digits[6:8] in ("18", "19", "20"))


def _said(run: _Run, first: int) -> Said:
    """Words count when no other digits stand between them and the number, and near it: a run holds no words."""
    text, start = run.text, run.groups[first].start
    if first and (text[run.groups[first - 1].end - 1].isdecimal() or start - run.groups[0].start >= BEFORE):
        return NOTHING_SAID
    before = text[max(0, start - BEFORE) : start]
    return Said(
        _PHONE_WORD.search(before) is not None,
        _ID_WORD.search(before) is not None,
        _CARD_WORD.search(before) is not None,
        before.endswith(("+", "＋")),
    )


def _window(run: _Run, first: int, last: int, digits: str, said: Said) -> Window:
    whole = first == 0 and last == len(run.groups) - 1
    if run.at[last + 1] <= run.piece_ends[first]:  # one piece: no gaps to look at
        return Window(digits, (len(digits),), True, whole, said)
    chosen = run.groups[first : last + 1]
    gaps = [run.text[a.end : b.start] for a, b in pairwise(chosen)]
    between = set(filter(None, gaps))
    uniform = len(between) <= 1 and not any(c in part for part in between for c in ".,，．/")
    return Window(digits, _layout(chosen, gaps), uniform, whole, said)


def _layout(groups: list[Group], gaps: list[str]) -> tuple[int, ...]:
    sizes = [len(groups[0].digits)]
    for group, gap in zip(groups[1:], gaps, strict=True):
        if gap:
            sizes.append(len(group.digits))
        else:
            sizes[-1] += len(group.digits)
    return tuple(sizes)


def _kind(window: Window) -> Kind | None:
    digits = window.digits
    if len(digits) > 21:
        return Kind.PHONE if _glued(digits) else None
    if _is_id_card(window):
        return Kind.ID_CARD
    if "X" in digits:
        return None
    if _is_phone(window):
        return Kind.PHONE
    return Kind.BANK_CARD if _is_bank_card(window) else None


def _glued(digits: str) -> bool:
    """Numbers written without a gap: phones, card and phone."""
    if "X" in digits:
        return len(digits) == 29 and digits[17] == "X" and valid_id_card(digits[:18])
    if len(digits) % 11 == 0 and all(_plain_mobile(digits[at : at + 11]) for at in range(0, len(digits), 11)):
        return True
    halves = [(digits[:at], digits[at:]) for at in (11, 18)]
    return any((_plain_mobile(a) or valid_id_card(a)) and (_plain_mobile(b) or valid_id_card(b)) for a, b in halves)


def _plain_mobile(digits: str) -> bool:
    return len(digits) == 11 and _MOBILE.fullmatch(digits) is not None


def _is_phone(window: Window) -> bool:
    digits, layout = window.digits, window.layout
    if _MOBILE.fullmatch(digits) and _mobile_layout(window):
        return True
    if _LANDLINE.fullmatch(digits) and _landline_layout(layout):
        return True
    if window.said.abroad and 8 <= len(digits) <= 15:
        return True
    if _LANDLINE_WITHOUT_ZERO.fullmatch(digits) and layout[0] in (2, 4) and len(layout) > 1:
        return True
    return _phone_by_word(window)


def _mobile_layout(window: Window) -> bool:
    layout = window.layout
    prefix = len(window.digits) - 11
    if prefix and layout[0] == prefix:  # 86 138 1234 5678
        layout = layout[1:]
    elif prefix:  # 86138 1234 5678
        layout = (layout[0] - prefix, *layout[1:])
    if layout in _MOBILE_LAYOUTS:
        return True
    # six digits together are a county's code, eight a date: those are numbers of something
    return window.whole and window.uniform and max(layout) < 6 and not _dated(window)


def _landline_layout(layout: tuple[int, ...]) -> bool:
    """Compact, or the area code apart; 2024-01-13 and its like never start with a nought."""
    return len(layout) == 1 or layout[0] in (2, 3, 4, 5, 6)


def _phone_by_word(window: Window) -> bool:
    digits = window.digits
    if not 7 <= len(digits) <= 13 or not window.said.phone:
        return False
    first = digits[: window.layout[0]]
    service = _SERVICE_NUMBER.fullmatch(digits) or _SERVICE_NUMBER.fullmatch(first)
    return not (service or _DATE.match(digits))


def _dated(window: Window) -> bool:
    """1998-05-13-100 is a date and something, whatever its digits make together."""
    head = window.layout[:3]
    return len(head) == 3 and head[0] == 4 and head[1] <= 2 and head[2] <= 2 and window.digits[:2] in ("19", "20")


def _is_id_card(window: Window) -> bool:
    digits = window.digits
    if len(digits) not in (15, 18) or "X" in digits[:-1]:
        return False
    if window.said.id_card:
        return True
    if len(digits) == 15:
        return digits[-1] != "X" and window.layout in _ID_LAYOUTS and _old_id_card(digits)
    return valid_id_card(digits) or (window.layout in _ID_LAYOUTS and may_be_id_card(digits))


def may_be_id_card(digits: str) -> bool:
    """Eighteen characters in the usual pieces: with the right check digit, or of somebody born long ago."""
    return valid_id_card(digits) or (_born(digits) is not None and int(digits[6:10]) < _SURE_BIRTH_YEAR)


def valid_id_card(digits: str) -> bool:
    """Eighteen characters, a province, a birthday and the right check digit (GB 11643)."""
    if len(digits) != 18 or not digits[:17].isdigit() or _born(digits) is None:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits, strict=False))
    return "10X98765432"[total % 11] == digits[17]


def _born(digits: str) -> str | None:
    """The birthday in an 18 digit card, or None if it cannot be one."""
    if int(digits[:2]) not in _PROVINCE_CODES:
        return None
    day = digits[6:14]
    return day if day[:2] in ("18", "19", "20") and _month_and_day(day[4:]) else None


def _old_id_card(digits: str) -> bool:
    sure = int(digits[:2]) in _PROVINCE_CODES and int(digits[6:8]) >= _OLDEST_BIRTH_YEAR_15
    return sure and _month_and_day(digits[8:12])


def _month_and_day(text: str) -> bool:
    return 1 <= int(text[:2]) <= 12 and 1 <= int(text[2:]) <= 31


def _is_bank_card(window: Window) -> bool:
    digits, layout = window.digits, window.layout
    if window.said.card and 12 <= len(digits) <= 21:
        return True
    if len(digits) not in _CARD_SIZES or digits[0] not in _CARD_OPENINGS or not _luhn(digits):
        return False
    if _holds_date(digits):
        return False
    fours = all(size == 4 for size in layout[:-1]) and layout[-1] <= 4
    return len(layout) == 1 or fours or layout[0] == 6 or (window.whole and window.uniform)


def _holds_date(digits: str) -> bool:
    """Order numbers hold a date behind a county, city, province or nothing; few cards do by chance."""
    return any(_DATE.match(digits[at : at + 8]) for at in (0, 2, 4, 6))


def surely_personal(groups: list[str], kind: Kind) -> bool:
    """Whether digits of this kind, standing in an identifier, can hardly be anything else."""
    digits = "".join(groups)
    match kind:
        case Kind.PHONE:
            landline = _LANDLINE.fullmatch(digits) is not None and not _DATE.fullmatch(digits[-8:])
            usual = len(groups) == 1 or tuple(map(len, groups)) in _MOBILE_LAYOUTS
            return landline or (usual and _MOBILE.search(digits) is not None)
        case Kind.ID_CARD:
            return valid_id_card(digits) and int(digits[6:10]) < _INFANTS_FROM
        case Kind.BANK_CARD:
            return digits.startswith("62") and _luhn(digits)
        case _:
            return False


def is_card_number(digits: str) -> bool:
    """Sixteen to nineteen digits that end with their check digit (ISO/IEC 7812), and hold no date."""
    return len(digits) in _CARD_SIZES and _luhn(digits) and not _holds_date(digits)


def personal_number(digits: str) -> Kind | None:
    """What digits are that may as well be any code: a mobile or an identity card from end to end, else nothing."""
    if _plain_mobile(digits):
        return Kind.PHONE
    return Kind.ID_CARD if valid_id_card(digits) else None


def _luhn(digits: str) -> bool:
    return (sum(map(int, digits[-1::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))) % 10 == 0
