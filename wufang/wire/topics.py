"""The names of the topics and of the groups that read them, without the deployment's prefix."""

from wufang.domain.report import CHANNELS, Channel

REPORTS = tuple(f"reports.{channel}" for channel in CHANNELS)
COMMANDS = "commands"
INPUTS = (*REPORTS, COMMANDS)
LEDGER = "ledger"
QUARANTINE = "quarantine"
DATA_KEYS = "data_keys"
ALL = (*INPUTS, LEDGER, QUARANTINE, DATA_KEYS)
PARTITIONS = 12  # for ever: the key's partition is part of what the log means

REDRIVE_HEADER = "redrive-of"  # on an input sent again by an operator: the quarantined position it closes

LEDGER_GROUP = "ledger"


def indexer_group(generation: int) -> str:
    """The consumer group of one generation of indices: each is fed from where it stands itself."""
    return f"indexer-g{generation}"


def reports_topic(channel: Channel) -> str:
    """The input topic of one channel."""
    return f"reports.{channel}"
