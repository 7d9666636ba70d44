"""舆情: the channel's specification; its fields stand in report.py, its checks in checks.py."""

from services.channel import ChannelSpec
from services.sentiment.checks import CHECKS
from services.sentiment.report import SentimentOutcome, SentimentReport

SPEC = ChannelSpec(name="sentiment", label="舆情", report=SentimentReport, outcome=SentimentOutcome, checks=CHECKS)
