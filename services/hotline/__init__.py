"""热线: the channel's specification; its fields stand in report.py, its checks in checks.py."""

from services.channel import ChannelSpec
from services.hotline.checks import CHECKS
from services.hotline.report import HotlineReport

SPEC = ChannelSpec(name="hotline", label="热线", report=HotlineReport, checks=CHECKS)
