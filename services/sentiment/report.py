"""舆情条目: public text, link and time; the author is dropped here and never linked (docs/domain.md, line 2)."""

from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.channel.authors import AuthorInLink, clean_link, clean_texts
from services.channel.fields import Count, Labelled, Organisation, Time, listed, optional
from services.channel.report import CommonReport, Details, Model, Outcome

_OWN_CHECKS = frozenset(
    (
        "link",
        "images",
        "grid_code",
        "number",
        "occurred_at",
        "received_at",
        "published_at",
        "found_at",
        "response_due",
    )
)


def _post_link(link: str) -> str:
    try:
        return clean_link(link)
    except AuthorInLink:
        raise PydanticCustomError("author_link", "the link names an author") from None
    except ValueError:
        raise PydanticCustomError("link_format", "not a link") from None


PostLink = Annotated[str, StringConstraints(min_length=8, max_length=2_000), AfterValidator(_post_link)]
# Platforms build the author into image names (Weibo's first eight characters): only a content hash is taken.
ImageHash = Annotated[str, StringConstraints(pattern=r"^sha256-[0-9a-f]{64}[.](jpg|jpeg|png|webp|gif)$", max_length=76)]
IMAGE_EXAMPLE = "sha256-" + "0123456789abcdef" * 4 + ".jpg"


class Level(Labelled):
    """等级."""

    ORDINARY = "ordinary", "一般"
    LARGER = "larger", "较大"
    MAJOR = "major", "重大"
    CRITICAL = "critical", "特别重大"


class Verification(Labelled):
    """核实结论."""

    TRUE = "true", "属实"
    PARTLY_TRUE = "partly_true", "部分属实"
    UNTRUE = "untrue", "不属实"
    PENDING = "pending", "核实中"


class ResponseMode(Labelled):
    """回应方式."""

    ONLINE_REPLY = "online_reply", "线上回复"
    ANNOUNCEMENT = "announcement", "官方通报"
    PRESS_CONFERENCE = "press_conference", "新闻发布会"
    ON_SITE = "on_site", "现场处置"


class Reach(Model):
    """传播量: counts of the post, at the time it was found."""

    views: Count | None = optional("阅读", 12000)
    reposts: Count | None = optional("转发", 35)
    comments: Count | None = optional("评论", 120)
    likes: Count | None = optional("点赞", 260)


class SentimentDetails(Details):
    """舆情专有字段."""

    platform: Organisation | None = optional("平台", "微博")
    link: PostLink | None = optional("原文链接（不含作者标识）", "https://m.weibo.cn/status/4999999999999999")
    published_at: Time | None = optional("发布时间", "2026-03-05T09:30:00+08:00")
    found_at: Time | None = optional("发现时间", "2026-03-05T10:10:00+08:00")
    reach: Reach | None = optional("传播量", {"views": 12000, "comments": 120})
    involved: tuple[Organisation, ...] = listed("涉事单位", ["平川县自来水公司"], 20)
    level: Level | None = optional("等级", "ordinary")
    verification: Verification | None = optional("核实结论", "pending")
    response_due: Time | None = optional("回应时限", "2026-03-07T10:10:00+08:00")
    response_mode: ResponseMode | None = optional("回应方式", "online_reply")
    images: tuple[ImageHash, ...] = listed("配图（以内容哈希命名）", [IMAGE_EXAMPLE], 20)


class SentimentReport(CommonReport[SentimentDetails]):
    """舆情条目."""

    @model_validator(mode="before")
    @classmethod
    def drop_authors(cls, data: Any) -> Any:
        """Mentions and authors leave every text before a length is checked or anything is kept."""
        return clean_texts(data, _OWN_CHECKS)


class SentimentOutcome(Outcome):
    """舆情办理结果: the answer was public, its words may address the author."""

    @model_validator(mode="before")
    @classmethod
    def drop_authors(cls, data: Any) -> Any:
        """As in the report."""
        return clean_texts(data, frozenset({"report", "concluded_at"}))
