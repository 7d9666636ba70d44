"""网格事件: the fields of an event a grid warden writes up."""

from services.channel.fields import FileRef, Labelled, Line, Prose, listed, optional
from services.channel.report import Details, ReportOfPerson


class FoundBy(Labelled):
    """来源."""

    PATROL = "patrol", "巡查"
    VISIT = "visit", "走访"
    RESIDENT = "resident", "居民反映"


class Level(Labelled):
    """等级."""

    ORDINARY = "ordinary", "一般"
    LARGER = "larger", "较大"
    SERIOUS = "serious", "重大"


class Handling(Labelled):
    """处置方式."""

    SELF = "self", "自行处置"
    REPORTED_UP = "reported_up", "上报"


class Verification(Labelled):
    """核查结果."""

    DONE = "done", "核查通过"
    NOT_DONE = "not_done", "核查未通过"
    PENDING = "pending", "待核查"


class GridDetails(Details):
    """网格事件专有字段."""

    found_by: FoundBy | None = optional("事件来源", "patrol")
    major: Line | None = optional("大类", "市容环境")
    minor: Line | None = optional("小类", "垃圾堆放")
    level: Level | None = optional("等级", "ordinary")
    photos_before: tuple[FileRef, ...] = listed("处置前照片（引用）", ["photos/2026/03/0001-before.jpg"], 20)
    photos_after: tuple[FileRef, ...] = listed("处置后照片（引用）", ["photos/2026/03/0001-after.jpg"], 20)
    handling: Handling | None = optional("处置方式", "self")
    handled: Prose | None = optional("处置情况", "已通知物业清运，现场恢复整洁。")
    verification: Verification | None = optional("核查结果", "done")


class GridReport(ReportOfPerson[GridDetails]):
    """网格事件."""
