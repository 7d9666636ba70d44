"""网格: the channel's specification; its fields stand in report.py, its checks in checks.py."""

from services.channel import ChannelSpec
from services.grid.checks import CHECKS
from services.grid.report import GridReport

SPEC = ChannelSpec(name="grid", label="网格", report=GridReport, checks=CHECKS)
