"""Authors of public posts are dropped: out of links, mentions, addresses, image names; the post itself stays."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.channel.authors import AuthorInLink, clean_link, clean_text
from services.sentiment import SPEC

KEPT = {
    "https://m.weibo.cn/status/4999999999999999": "https://m.weibo.cn/status/4999999999999999",
    "https://weibo.com/1234567890/NxAbCd123?from=page#c": "https://m.weibo.cn/status/NxAbCd123",
    "https://www.weibo.com/1234567890/NxAbCd123": "https://m.weibo.cn/status/NxAbCd123",
    "https://x.com/zhangsan/status/1234": "https://x.com/i/status/1234",
    "https://www.douyin.com/video/7312345?uid=99&sec_uid=MS4w": "https://www.douyin.com/video/7312345",
    "https://tieba.baidu.com/p/8812345678?pid=1&un=zhangsan": "https://tieba.baidu.com/p/8812345678",
    "https://www.zhihu.com/question/1234/answer/5678": "https://www.zhihu.com/question/1234/answer/5678",
    "http://bbs.pingchuan.example:8080/thread-12-1-1.html": "http://bbs.pingchuan.example:8080/thread-12-1-1.html",
    "HTTPS://WWW.TOUTIAO.COM/article/739/": "https://www.toutiao.com/article/739",
    "https://www.pingchuan.example/": "https://www.pingchuan.example/",
    "https://www.bilibili.com/video/BV1xx411c7mD?p=2": "https://www.bilibili.com/video/BV1xx411c7mD",
    "https://www.sohu.com/a/712345678_120099999": "https://www.sohu.com/a/712345678",
    "https://www.thepaper.cn/newsDetail_forward_12345678": "https://www.thepaper.cn/newsDetail_forward_12345678",
    "http://www.pingchuan.gov.cn/xwzx/202603/t20260305_12345.html": "http://www.pingchuan.gov.cn/xwzx/202603/t20260305_12345.html",
}
# Not known as a post: the site stays, and no name before it that may be a person's.
REDUCED = {
    "https://github.com/zhangsan": "https://github.com/",
    "https://blog.csdn.net/zhangsan": "https://csdn.net/",
    "http://blog.sina.com.cn/zhangsan": "http://sina.com.cn/",
    "https://xueqiu.com/1234567890/2222": "https://xueqiu.com/",
    "https://www.cnblogs.com/zhangsan/p/1.html": "https://www.cnblogs.com/",
    "https://zhangsan.sohu.com": "https://sohu.com/",
    "https://zhangsan.github.io/2026/post": "https://github.io/",
    "https://www.tiktok.com/zhangsan/video/1": "https://www.tiktok.com/",
    "https://t.me/zhangsan/12": "https://t.me/",
    "https://cn.linkedin.com/in/zhangsan": "https://linkedin.com/",
    "https://author.baidu.com/home/15": "https://baidu.com/",
    "https://www.163.com/dy/media/T123": "https://www.163.com/",
    "https://www.ixigua.com/home/12345": "https://www.ixigua.com/",
    "https://zhangsan.pingchuan.com.cn/a": "https://pingchuan.com.cn/",
    "https://zhangsan.pingchuan.hn.cn/a": "https://pingchuan.hn.cn/",
    "https://zhangsan.example.com/thread-12-1-1.html": "https://example.com/",
    "https://bbs.example.com/zhangsan": "https://bbs.example.com/",
    "https://blog.people.com.cn/zhangsan/12345.html": "https://people.com.cn/",
    "https://k.sina.com.cn/article_1234567890_abc.html": "https://sina.com.cn/",
    "https://www.douyin.com/zhangsan": "https://www.douyin.com/",
    "http://10.1.2.3/zhangsan": "http://10.1.2.3/",
}
AUTHORS = (
    "https://weibo.com/u/1234567890",
    "https://weibo.com/zhangsan",
    "https://weibo.com/n/张三",
    "https://weibo.com/profile/1234567890",
    "https://weibo.com/p/1234567890/info?uid=1",
    "https://m.weibo.cn/u/1234567890",
    "https://m.weibo.cn/profile/1234567890",
    "https://x.com/zhangsan",
    "https://www.zhihu.com/people/zhangsan/answers",
    "https://space.bilibili.com/12345",
    "https://www.douyin.com/user/MS4wLjAB",
    "https://www.xiaohongshu.com/user/profile/5f1234",
    "https://www.kuaishou.com/profile/3xabc",
    "https://tieba.baidu.com/home/main?un=zhangsan",
    "https://www.youtube.com/channel/UC123",
    "https://www.tiktok.com/@zhangsan/video/1",
    "https://www.tiktok.com/%40zhangsan/video/1",
    "https://www.tiktok.com/%2540zhangsan/video/1",
    "https://zhangsan.lofter.com/post/1",
    "https://zhangsan@bbs.example.com/t/1",
    "https://bbs.example.com/home-uid-123.html",
    "https://bbs.example.com/space-uid-123.html",
    "https://bbs.example.com/作者/1",
    "https://bbs.example.com/U/1",
)


@pytest.mark.parametrize(("link", "kept"), KEPT.items())
def test_a_link_to_the_post_is_kept_without_its_author(link: str, kept: str) -> None:
    assert clean_link(link) == kept


@pytest.mark.parametrize(("link", "kept"), REDUCED.items())
def test_a_link_of_no_known_form_keeps_its_site_only(link: str, kept: str) -> None:
    assert clean_link(link) == kept
    assert clean_link(kept) == kept


@pytest.mark.parametrize("link", AUTHORS)
def test_a_link_that_names_the_author_is_refused(link: str) -> None:
    with pytest.raises(AuthorInLink):
        clean_link(link)


@pytest.mark.parametrize("link", ["ftp://a.example/1", "javascript:alert(1)", "https://", "http://[::1", "x" * 50])
def test_what_is_no_link_is_refused(link: str) -> None:
    _, errors = SPEC.read(post(details={"link": link}))
    assert [(error.field, error.rule) for error in errors] == [("data.details.link", "link_format")]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("@平川小喇叭 快来看", "@某用户 快来看"),
        ("转发//@张三：停水了//@Li_Si-1:是的", "转发//@某用户：停水了//@某用户:是的"),
        ("全角＠张三，也是", "全角@某用户，也是"),
        ("邮件zhang.san@mail.example.com，联系", "邮件[邮箱]，联系"),
        ("博主：小李 说停水", "博主：某用户 说停水"),
        ("见https://weibo.com/u/12345大家转发", "见[链接]"),
        ("见https://weibo.com/1234567/NxAb12?x=1，大家", "见https://m.weibo.cn/status/NxAb12，大家"),
        ("见https://www.zhihu.com/question/1大家转发", "见https://www.zhihu.com/question/1大家转发"),
        ("主页weibo.com/n/张三。", "主页[链接]。"),
        ("见a.example.com/t/张三的帖子。", "见http://example.com/。"),
        ("见(https://a.example.com/)平台", "见(https://example.com/)平台"),
        ("见https://www.example.com/月初的消息", "见https://www.example.com/月初的消息"),
        ("UID:1234567 的帖子", "[账号] 的帖子"),
        ("ＵＩＤ：１２３４５６ 的帖子", "[账号] 的帖子"),
        ("uid123456 说", "[账号] 说"),
        ("𝐔𝐈𝐃：123456 说", "[账号] 说"),
        ("@ 张三丰 快来", "@某用户 快来"),
        ("@\u200b张三丰 快来", "@某用户 快来"),
        ("ID：zhangsan88 说", "[账号] 说"),
        ("用户名zhangsan，停水", "用户名某用户，停水"),
        ("用户名ｚｈａｎｇｓａｎ，停水", "用户名某用户，停水"),
        ("网名张三丰，停水", "网名某用户，停水"),
        ("作者为张三丰，停水", "作者为某用户，停水"),
        ("网友昵称叫平川小喇叭，停水", "网友昵称叫某用户，停水"),
        ("抖音号 dy887766，停水", "抖音号[账号]，停水"),
        ("小红书号：95123456789，停水", "小红书号[账号]，停水"),
        ("见github.com/张三的帖", "见http://github.com/"),
        ("见zhangsan.github.io停水", "见github.io停水"),
        ("见 zhangsan.sohu.com 停水", "见 sohu.com 停水"),
        ("见ｗｗｗ．ｗｅｉｂｏ．ｃｏｍ／ｕ／１２３４５，停水", "见[链接]，停水"),
        ("３号楼：ＡＢ座停水", "３号楼：ＡＢ座停水"),
        ("工单ID：20260305001，3号楼", "工单ID：20260305001，3号楼"),
        ("楼主是三号楼业主，作者说停水", "楼主是三号楼业主，作者说停水"),
        ("公众号、视频号都发了，5号楼停水", "公众号、视频号都发了，5号楼停水"),
        ("停水3天，水压0.2兆帕，时间10:30。", "停水3天，水压0.2兆帕，时间10:30。"),
        ("平川县河东片区停水三天", "平川县河东片区停水三天"),
    ],
)
def test_authors_leave_the_text(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def post(**data: Any) -> dict[str, Any]:
    base = {"title": "停水", "text": "停水三天。", "occurred_at": "2026-03-05T20:00:00+08:00"}
    return {"specversion": "1.0", "id": "yq-1", "type": SPEC.report_type, "data": {**base, **data}}


CANARY = "canary8714"


@pytest.mark.parametrize(
    "data",
    [
        {"text": f"@{CANARY} 停水"},
        {"title": f"回复＠{CANARY}：停水"},
        {"category": f"@{CANARY}"},
        {"address": f"河东 @{CANARY}"},
        {"accused": f"供水 @{CANARY}"},
        {"text": f"见 https://weibo.com/u/{CANARY}"},
        {"text": f"见 https://weibo.com/{CANARY}"},
        {"text": f"见 https://a.example/t/1?author={CANARY}"},
        {"text": f"见 https://{CANARY}.lofter.com/post/1"},
        {"text": f"作者：{CANARY}"},
        {"text": f"作者为{CANARY}"},
        {"text": f"用户名{CANARY}"},
        {"text": f"@ {CANARY} 停水"},
        {"text": f"抖音号 {CANARY}"},
        {"text": f"ID：{CANARY}"},
        {"text": f"ＵＩＤ：{CANARY}"},
        {"text": f"见 {CANARY}.github.io"},
        {"text": f"见 https://xueqiu.com/{CANARY}/2222"},
        {"details": {"link": f"https://github.com/{CANARY}"}},
        {"details": {"link": f"https://{CANARY}.sohu.com/"}},
        {"number": f"weibo_uid {CANARY}"},
        {"related": [f"作者：{CANARY}", "YQ-1"]},
        {"text": f"{CANARY}@mail.example"},
        {"details": {"platform": f"微博@{CANARY}"}},
        {"details": {"involved": [f"供水@{CANARY}"]}},
        {"details": {"link": f"https://weibo.com/{CANARY}/Nx12"}},
        {"details": {"link": f"https://a.example/t/1?author={CANARY}#{CANARY}"}},
        {"details": {"link": f"https://a.example/user/{CANARY}"}},
        {"details": {"images": [f"{CANARY}.jpg"]}},
        {"details": {"images": [f"https://a.example/{CANARY}/1.jpg"]}},
        {"details": {"author": CANARY}},
        {"details": {"author_id": CANARY}},
        {"reporter_name": CANARY},
        {"reporter": CANARY},
    ],
    ids=lambda data: json.dumps(data, ensure_ascii=False),
)
def test_a_canary_author_is_nowhere(data: dict[str, Any]) -> None:
    submission, errors = SPEC.read(post(**data))
    given_out = repr(errors) if submission is None else json.dumps(submission.data.wire())
    assert CANARY not in given_out


def test_the_answer_to_a_post_does_not_address_its_author() -> None:
    data = {"report": "yq-1", "result": "explained", "concluded_at": "2026-03-07T12:00:00+08:00"}
    event = {"specversion": "1.0", "id": "yq-2", "type": SPEC.outcome_type}
    submission, errors = SPEC.read({**event, "data": {**data, "reply": f"回复@{CANARY}：已恢复供水"}})
    assert errors == ()
    assert submission.data.wire()["reply"] == "回复@某用户：已恢复供水"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="@＠停水a1.:：/ _-uid", max_size=40))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=60), st.from_regex(r"[a-z]{6}[0-9]{2}", fullmatch=True))
def test_no_mention_survives(text: str, name: str) -> None:
    assert name not in clean_text(f"{text.replace(name, '')} @{name} 停水")


def test_numbers_of_a_post_name_no_account() -> None:
    _, errors = SPEC.read({**post(number="weibo_uid 1234567890"), "id": "uid 1234567890"})
    assert [(error.field, error.rule) for error in errors] == [("id", "author"), ("data.number", "author")]
    submission, errors = SPEC.read(post(number="YQ-2026-0077", related=["RX-2026-000141", "平信受字〔2026〕12号"]))
    assert errors == ()
    assert submission.data.number == "YQ-2026-0077"
