"""The five channels' specifications, gathered for generation; nothing at run time may need this."""

from importlib import import_module

from services.channel import ChannelSpec
from wufang.domain.report import CHANNEL_LABELS


def channel_specs() -> tuple[ChannelSpec, ...]:
    """Each channel's SPEC, in the domain's order."""
    return tuple(_spec(channel) for channel in CHANNEL_LABELS)


def _spec(channel: str) -> ChannelSpec:
    spec: ChannelSpec = import_module(f"services.{channel}").SPEC
    return spec
