"""Names of places and bodies found in a text by their general form; it must know no name of any real place."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Protocol

from wufang.domain.text import CODED, STOP_WORDS, Token, is_known, is_word

Place = tuple[str, str]  # kind and name: ("estate", "桂雨"), ("region", "c3区")


class Placed(Protocol):
    """What has places: a reading or a case's profile."""

    @property
    def titled(self) -> tuple[Place, ...]:
        """Those its titles name."""

    @property
    def mentioned(self) -> tuple[Place, ...]:
        """Those of titles and texts."""


_SUFFIXES = {
    "estate": (
        "小区 花园 家园 公寓 广场 大厦 苑 府 城 新城 庭院 湾 园 公园 楼盘 市场 商场 商城 山庄 别墅 院 宿舍 酒店 超市 "
        "工业园 科技园"
    ),
    "school": "中学 小学 学校 大学 学院 幼儿园 附小 附中 校区 驾校",
    "hospital": "医院 卫生院",
    "firm": "公司 有限公司 集团 银行 支行",
    "road": "路 街 大道 巷 立交桥 立交 大桥 桥",
    "village": "社区 街道 新村 村 镇 乡 组",
    "line": "号线",
}
KINDS = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_ENDINGS = tuple(KINDS)
_LAST_LETTERS = frozenset(suffix[-1] for suffix in KINDS)
_LONGEST_FIRST = tuple(sorted(KINDS, key=len, reverse=True))
_REGION_ENDINGS = ("省", "市", "州", "区", "县")
_PLACE_LETTERS = _LAST_LETTERS | frozenset(_REGION_ENDINGS)
# Parts of speech no name goes over: particles, prepositions, pronouns, punctuation.
_BOUNDARY_TAGS = frozenset({"p", "c", "uj", "ul", "uz", "ud", "ug", "y", "r", "x", "w", "e", "o", "u", CODED})
_VERB_TAGS = frozenset({"v", "d"})
_PREDICATE_TAGS = frozenset({"v", "d", "p", "r", "uj", "vn", "c", "f", "b", "ad", "y"})
# Words that stand before a suffix without naming anything.
_NO_NAMES = frozenset(
    """
    人民 城市 国家 全市 全省 附近 旁边 周边 对面 门口 楼下 本 某某 各个 多个 两个 几个 三个 私立 公立 民办 公办 民营
    私营 农村 住宅 居民 商业 老 新 新建 旧 大 小 整个 同一 所在 全部 部分 许多 进 出 由 地 得 回 位于 住 我家 家住 道
    线 校 县城 市区 城区 高 学区 多 少 一条 一个 一家 一所 一处 这条 那条 另一条 几条 两条 该
    """.split()
)
_NAME_WORDS = 4
_NAME_LENGTH = 10
_SUBJECT_WORDS = 4


def places(found: Sequence[Token]) -> tuple[list[Place], set[str]]:
    """The places of a token list in their order, and the words that make up their names."""
    named: list[Place] = []
    name_words: set[str] = set()
    for at, (word, tag) in enumerate(found):
        if word[-1] not in _PLACE_LETTERS:  # nine words in ten; codes of regions end with 市, 州, 区 ... as well
            continue
        if word in KINDS:
            parts = _name_before(found, at)
            if _is_name(parts, KINDS[word]):
                name = [part for part, _ in parts]
                named.append((KINDS[word], "".join(name)))
                name_words.update(name)
        elif tag == CODED or (tag == "ns" and len(word) > 2 and word.endswith(_REGION_ENDINGS)):
            named.append(("region", word))
        elif len(word) > 2 and word[-1] in _LAST_LETTERS and word.endswith(_ENDINGS) and not is_known(word):
            named += _ending_inside(word)
            name_words.add(word)
    return named, name_words


def subject_words(found: Sequence[Token]) -> set[str]:
    """What follows a region in a title up to its predicate: who or what the title is about."""
    subject: set[str] = set()
    for at, (_, tag) in enumerate(found):
        if tag == CODED:
            behind = found[at + 1 : at + 1 + _SUBJECT_WORDS]
            subject.update(word for word, _ in takewhile(_may_be_subject, behind))
    return subject


def named(found: Iterable[Place]) -> list[str]:
    """The names of those that are more than a region."""
    return [name for kind, name in found if kind != "region"]


@lru_cache(65_536)
def alike(one: str, other: str) -> bool:
    """Whether two names may be one place: one inside the other, most letters shared, or letters swapped."""
    if one in other or other in one:
        return True
    pairs, others = _pairs(one), _pairs(other)
    if 3 * len(pairs & others) >= 2 * min(len(pairs), len(others)):
        return True
    letters, more = {*one}, {*other}
    return abs(len(one) - len(other)) <= 1 and 5 * len(letters & more) >= 4 * max(len(letters), len(more))


def conflict(one: Placed, other: Placed) -> bool:
    """Whether titles (or texts, where no title names a place) name other places that neither side knows of."""
    return _other_names(one, other) or _other_regions(one, other)


def _other_names(one: Placed, other: Placed) -> bool:
    mine, theirs = named(one.titled), named(other.titled)
    if not mine and not theirs:
        mine, theirs = named(one.mentioned)[:1], named(other.mentioned)[:1]
    if not mine or not theirs:
        return False
    return not _any_alike(mine, named(other.mentioned)) and not _any_alike(theirs, named(one.mentioned))


def _any_alike(names: Sequence[str], others: Sequence[str]) -> bool:
    return not set(names).isdisjoint(others) or any(alike(one, other) for one in names for other in others)


def _other_regions(one: Placed, other: Placed) -> bool:
    """Regions contradict each other on one level only: a city does not contradict its district."""
    mine = {place[1][-1] for place in one.titled if place[0] == "region" and place not in other.mentioned}
    theirs = (place for place in other.titled if place[0] == "region" and place not in one.mentioned)
    return any(name[-1] in mine for _, name in theirs)


def _may_be_subject(token: Token) -> bool:
    word, tag = token
    return is_word(word) and word not in STOP_WORDS and not (tag in _PREDICATE_TAGS and len(word) > 1) and tag != CODED


def _name_before(found: Sequence[Token], at: int) -> list[Token]:
    parts: list[Token] = []
    length = 0
    while at > 0 and len(parts) < _NAME_WORDS:
        at -= 1
        word, tag = found[at]
        length += len(word)
        if length > _NAME_LENGTH or _ends_name(word, tag):
            break
        parts.append(found[at])
    parts.reverse()
    return parts


def _is_name(parts: Sequence[Token], kind: str) -> bool:
    """A line's name is its number; elsewhere numbers count things or hours, unless they are ordinal."""
    if kind == "line":
        return bool(parts)
    if sum(len(word) for word, _ in parts) < 2:
        return False
    return any(tag != "m" or word[0] == "第" for word, tag in parts)


def _ends_name(word: str, tag: str) -> bool:
    if tag in _BOUNDARY_TAGS or word in _NO_NAMES or word in STOP_WORDS or word in KINDS:
        return True
    return (tag in _VERB_TAGS and len(word) > 1) or not is_word(word)


def _ending_inside(word: str) -> list[Place]:
    ending = next(suffix for suffix in _LONGEST_FIRST if word.endswith(suffix))
    name = word[: -len(ending)]
    return [(KINDS[ending], name)] if len(name) >= 2 else []


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}
