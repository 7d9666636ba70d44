"""Runs an operation of the books: settings found, logs on standard error, failures said in one sentence."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from wufang.cli import local
from wufang.cli.failure import Failure

if TYPE_CHECKING:
    from wufang.settings import Settings

T = TypeVar("T")
LOG = "commands.log"  # in the running system's folder of logs, else in the user's state folder


def settings(*needed: str) -> Settings:
    """The running system's settings, or the environment's, which must name the servers `needed` (both by default).

    Logs go to standard error from here on, or to a file. Raises Failure when nothing runs and a variable is missing.
    """
    from wufang import telemetry

    for variable, server in local.SERVERS.items():
        if server in (needed or tuple(local.SERVERS.values())):
            local.settings(variable)
    found = local.settings()
    telemetry.configure(found.log_level)
    _keep_log_off_the_terminal()
    return found


def _keep_log_off_the_terminal() -> None:
    """On a terminal the lines of the log, the audit's among them, go to a file that stays: `wufang logs commands`.

    A terminal keeps nothing, and JSON before the Chinese answer is in the way. Where standard error is no terminal
    somebody collects it, and the lines stay there.
    """
    if not sys.stderr.isatty():
        return
    system = local.running()
    folder = system.folder / "logs" if system is not None else local.pointer().parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.fdopen(os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a")
    except OSError:
        return  # better in the way than nowhere
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(file)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of an operation. Raises Failure when Kafka or Elasticsearch cannot do their part."""
    import aiokafka.errors
    import kafka.errors
    import uvloop

    from wufang.adapters.elastic_index import ElasticError
    from wufang.adapters.kafka_reader import LogSilent, LogTruncated
    from wufang.ledger.folding.fold import Unfoldable
    from wufang.operations.own_folder import AlreadyRunning

    try:
        return uvloop.run(work)
    except (aiokafka.errors.KafkaError, kafka.errors.KafkaError) as error:
        raise Failure(f"消息日志 Kafka 没有应答（{type(error).__name__}）；{local.how_to_mend('kafka')}") from error
    except ElasticError as error:
        raise Failure(f"检索库 Elasticsearch 没有完成请求（{error}）；{local.how_to_mend('elasticsearch')}") from error
    except LogTruncated as error:
        raise Failure(f"日志开头已缺失，必须恢复后再试：{error}") from error
    except LogSilent as error:
        raise Failure(f"消息日志长时间没有给出数据：{error}") from error
    except AlreadyRunning as error:
        raise Failure(f"已有一个同样的操作正在进行，等它结束后再试（占用目录 {error}）") from error
    except Unfoldable as error:
        raise Failure(f"台账有本版本无法归并的记录，请用写入它的版本，或修复后再试：{error}") from error
