"""信访: the channel's specification; its fields stand in report.py, its checks in checks.py."""

from services.channel import ChannelSpec
from services.petition.checks import CHECKS
from services.petition.report import PetitionReport

SPEC = ChannelSpec(name="petition", label="信访", report=PetitionReport, checks=CHECKS)
