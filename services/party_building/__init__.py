"""党建: the channel's specification; its fields stand in report.py, its checks in checks.py."""

from services.channel import ChannelSpec
from services.party_building.checks import CHECKS
from services.party_building.report import PartyBuildingReport

SPEC = ChannelSpec(name="party_building", label="党建", report=PartyBuildingReport, checks=CHECKS)
