"""`wufang topics`: every topic the contracts declare, made where it is missing."""

from __future__ import annotations

import typer

from wufang.cli import local, operating
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, out, print_json

app = typer.Typer()


@app.command()
def topics(as_json: AsJson = False) -> None:
    """建立缺少的主题，核对已有主题的分区数。"""
    from kafka.errors import KafkaError

    from wufang.adapters.kafka_admin import TopicMismatch, ensure_topics

    try:
        made = ensure_topics(operating.settings("kafka"))
    except KafkaError as error:
        raise Failure(f"消息日志 Kafka 没有应答（{type(error).__name__}）；{local.how_to_mend('kafka')}") from None
    except TopicMismatch as error:
        raise Failure(f"主题与契约不符：{error}") from None
    if as_json:
        print_json({"created": made})
    else:
        out.print("新建：" + "、".join(made) if made else "主题齐全，与契约相符。")
