"""What no channel takes, found in the raw submission so that the sender hears why; values are never repeated.

docs/domain.md, line 3: labels on persons, authors, pictures of people's papers.
"""

import re
from typing import Any

from services.channel.errors import HIDDEN_KEY, safe_key
from wufang.adapters.http_problems import FieldError

DEEPEST = 8  # a report has four levels; what lies deeper is refused unread
MOST_FIELDS = 100  # no object of the contracts has half as many
_LONGEST = 500  # a longer structured field is refused for its length; reading it would be the sender's to prolong

_PERSON = "(caller|reporter|person(al)?|people|user|petitioner|resident|complainant|citizen|visitor|key)"
_MARK = "(label|tag|flag|mark|risk|risk(grade|level)|level|grade|kind|type|category|score|profile|portrait|list)"
# What petitioners are called; 集体上访, 走访户数 and 信访户籍问题 are about matters.
_CALLED = (
    "[上信缠闹]访(老|大|难|专业)?户(?![籍数口外])|老访户|访霸|访痞|(上访|信访|告状|缠诉|投诉|维权)(专业户|钉子户|老户)"
    "|(专业|职业|恶意|无理|越级|重复|非正常)(上访|信访|举报|告状)(人|户|者)|(职业|专业)(上访|信访)|(上访|信访|闹事)(分子|头目)|(闹事|滋事)人员"
    "|(维稳|稳控|管控|盯防)(对象|人员)|钉子户|刁民"
)
_KEY_RULES = (
    (
        "hold_down",
        re.compile("包稳控|包保稳控|稳控|holddown|wenkong|stabili[sz](e|ing|ation|y)control"),
    ),
    (
        "person_label",
        re.compile(
            f"{_PERSON}s?{_MARK}s?$|^(labels?|tags?)$|blacklist|watchlist|扬言|老户|重点人|重点对象|缠访|闹访|非访"
            "|缠诉|闹诉|(人员|人物|对象|来电人|诉求人|信访人|当事人)(标签|类别|分类|等级|画像|评分|属性)|^标签$|黑名单|涉稳"
            f"|{_CALLED}"
        ),
    ),
    (
        "personal_papers",
        re.compile(
            "(idcard|identitycard|passport|household(register)?|hukou|driver'?slicen[cs]e|sfz)"
            "(front|back)?(photo|image|img|picture|pic|scan|copy|file|front|back|url|ref)"
            "|证件照|(身份证|户口本|户口簿|护照|驾驶证|居住证|残疾证|社保卡)(照|图|复印|扫描|正面|反面|附件|影印)"
        ),
    ),
    (
        "author",
        re.compile(
            "^(post|original)?(author|poster|blogger|publisher|uploader|creator|writer|owner|account|user|member|fans?)"
            "(id|uid|name|nick|nickname|handle|url|link|home|homepage|avatar|info)?s?$"
            "|^(uid|openid|unionid|secuid|mid|screenname|nickname|nick|handle|avatar|postedby|profileurl|followers?)$"
            "|作者|博主|昵称|发布者|发布人|发帖人|发文人|楼主|up主|网民账号|用户名|账号|头像|粉丝"
        ),
    ),
)
_HOLD_DOWN = re.compile("包稳控|包保稳控|稳控")
_VALUE_RULES = (
    ("hold_down", _HOLD_DOWN),
    (
        "person_label",
        re.compile(
            f"扬言人|老户|重点人员|重点信访人|缠访|闹访|非访人|缠诉|闹诉|涉稳人员|职业投诉人|恶意投诉人|{_CALLED}"
        ),
    ),
    (
        "personal_papers",
        re.compile(
            r"(身份证|户口本|户口簿|护照|驾驶证|居住证|证件照|id[-_ ]?card|passport|hukou|sfz)[^/]*"
            r"\.(jpe?g|png|gif|bmp|webp|heic|tiff?|pdf)$",
            re.IGNORECASE,
        ),
    ),
)
_ANY_VALUE = re.compile("|".join(f"(?:{p.pattern})" for _, p in _VALUE_RULES), re.IGNORECASE)
_SENTIMENT_REPORTER = re.compile("^reporter|^诉求人|^来电人|^contact(name|phone)")
_MESSAGES = {
    "hold_down": "不接收“包稳控”一类针对人的措施；请只写化解事项的措施",
    "person_label": "不接收对人的标签（扬言人、老户、重点人员、缠访等）；请只描述事项本身",
    "personal_papers": "不接收个人证件的图片或文件；请去掉该附件",
    "author": "不接收作者、账号等发布人信息；舆情只记公开内容、链接和时间",
    "too_deep": "嵌套层数太多",
    "too_many_fields": "字段太多",
}
_EXAMPLES = {"person_label": "噪音扰民", "hold_down": "已约谈施工单位并限期整改"}
# Words of people: what a report tells may well say 缠访; only structured fields are read for labels.
PROSE = frozenset({"title", "text", "expectation", "address", "accused"})
# Words of officials: what was done or answered; holding people down is no measure there either.
_OFFICIAL = frozenset({"reply", "handled", "summary", "reason"})


def refused(data: Any, known: frozenset[str], *, authorless: bool = False) -> list[FieldError]:
    """Everything in `data` that no channel takes; `authorless` channels take no reporter either."""
    found: list[FieldError] = []
    _Walk(known, authorless, found).value(data, "data", 0)
    return found


class _Walk:
    """One pass over a submission, with plain calls and early exits: every report goes through it."""

    __slots__ = ("authorless", "found", "known")

    def __init__(self, known: frozenset[str], authorless: bool, found: list[FieldError]) -> None:
        self.known = known
        self.authorless = authorless
        self.found = found

    def value(self, value: Any, at: str, depth: int) -> None:
        if depth > DEEPEST:
            self.found.append(_error("too_deep", at))
        elif isinstance(value, dict) and len(value) > MOST_FIELDS:
            self.found.append(_error("too_many_fields", at))
        elif isinstance(value, dict):
            for key, inner in value.items():
                self.entry(key, inner, at, depth)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                if isinstance(inner, str):
                    self.text(inner, at, index)
                else:
                    self.value(inner, f"{at}.{index}", depth + 1)

    def entry(self, key: Any, inner: Any, at: str, depth: int) -> None:
        if key not in self.known and (rule := key_rule(str(key)[:200], self.authorless)) is not None:
            self.found.append(_error(rule, f"{at}.{_shown(key)}"))
        elif isinstance(inner, str):
            if key in _OFFICIAL:
                if _HOLD_DOWN.search(inner):
                    self.found.append(_error("hold_down", f"{at}.{key}"))
            elif key not in PROSE:
                self.text(inner, at, safe_key(key) if key not in self.known else key)
        elif isinstance(inner, (dict, list)):
            self.value(inner, f"{at}.{safe_key(key)}", depth + 1)

    def text(self, value: str, at: str, name: str | int) -> None:
        if value.isascii() and "." not in value[-6:]:  # codes, times, numbers
            return
        value = value[:_LONGEST]
        if _ANY_VALUE.search(value):
            rule = next(rule for rule, pattern in _VALUE_RULES if pattern.search(value))
            self.found.append(_error(rule, f"{at}.{name}"))


def _shown(key: Any) -> str:
    """The refused key if it is a plain identifier, else the forbidden words in it, never the whole."""
    shown = safe_key(key)
    if shown != HIDDEN_KEY:
        return shown
    words = (pattern.search(_plain(str(key)[:200])) for _, pattern in _KEY_RULES)
    return next((word[0] for word in words if word), shown)


def _plain(key: str) -> str:
    return re.sub(r"[\s_.\-]", "", key).casefold()


def key_rule(key: str, authorless: bool = False) -> str | None:
    """The rule that refuses a field or column of this name, or None; importers ask it per column."""
    plain = _plain(key)
    found = next((rule for rule, pattern in _KEY_RULES if pattern.search(plain)), None)
    if found is None and authorless and _SENTIMENT_REPORTER.search(plain):
        return "author"
    return found


def _error(rule: str, at: str) -> FieldError:
    return FieldError(at, rule, _MESSAGES[rule], _EXAMPLES.get(rule))
