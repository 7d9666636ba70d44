"""The real servers: data outlives a kill, ports stay, security holds, nothing outlives the parent."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from deploy.local import preflight
from deploy.local.keeping import ROOT, KeeperError
from deploy.local.stack import LocalStack, Ports, StackError, is_free
from tests.support.processes import below

PARENT = """
import sys, time
from pathlib import Path
from deploy.local.stack import LocalStack
LocalStack(Path(sys.argv[1]), quick=True).open()
print("open", flush=True)
time.sleep(1000)
"""


def until(true: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A process of its own that holds a stack."""
    folder = tmp_path_factory.mktemp("own") / "stack"
    command = [sys.executable, "-c", PARENT, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield folder, process
        process.kill()


@pytest.fixture(scope="module")
def own(parent: tuple[Path, subprocess.Popen[str]]) -> LocalStack:
    """A stack these tests may kill: not the session's."""
    return LocalStack.attach(parent[0])


def test_kafka_keeps_acknowledged_records_through_a_kill(own: LocalStack) -> None:
    admin = KafkaAdminClient(bootstrap_servers=own.kafka)
    admin.create_topics({"kept": {"num_partitions": 1, "replication_factor": 1}})
    admin.wait_for_topics(["kept"])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=own.kafka, acks="all")
    sent = [producer.send("kept", str(number).encode()).get(60) for number in range(50)]
    producer.close()
    address = own.kafka

    own.kill("kafka")
    own.start("kafka")

    assert own.kafka == address
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=None, auto_offset_reset="earliest")
    consumer.assign([TopicPartition("kept", 0)])
    assert consumer.end_offsets([TopicPartition("kept", 0)]) == {TopicPartition("kept", 0): len(sent)}
    record = next(consumer)
    consumer.close()
    assert record.value == b"0"
    assert record.timestamp_type == 1, "LogAppendTime is the broker's default"


def test_kafka_makes_no_topic_by_accident(own: LocalStack) -> None:
    producer = KafkaProducer(bootstrap_servers=own.kafka, max_block_ms=1500)
    with pytest.raises(Exception, match=r"(?i)topic|metadata|timeout"):
        producer.send("mistyped", b"x").get(5)
    producer.close()


def test_elasticsearch_keeps_documents_through_a_kill(own: LocalStack) -> None:
    with httpx.Client(base_url=own.elastic, auth=own.elastic_auth, timeout=30) as client:
        client.put("/kept", json={"settings": {"number_of_replicas": 0}}).raise_for_status()
        client.put("/kept/_doc/1", json={"标题": "路灯不亮"}).raise_for_status()
        own.kill("elasticsearch")
        own.start("elasticsearch")
        assert client.get("/kept/_doc/1").json()["_source"] == {"标题": "路灯不亮"}


@pytest.mark.parametrize("auth", [None, ("wufang", "wrong"), ("elastic", "changeme")], ids=str)
def test_elasticsearch_lets_nobody_in_without_the_password(own: LocalStack, auth: tuple[str, str] | None) -> None:
    assert httpx.get(f"{own.elastic}/_cat/indices", auth=auth).status_code == 401


def test_elasticsearch_makes_no_index_by_accident(own: LocalStack) -> None:
    answer = httpx.put(f"{own.elastic}/mistyped/_doc/1", json={}, auth=own.elastic_auth)
    assert answer.status_code == 404


def test_servers_listen_on_loopback_only(own: LocalStack) -> None:
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")
        for process in below(own.folder)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_secrets_are_for_the_owner_only(own: LocalStack) -> None:
    assert (own.folder / "stack.json").stat().st_mode & 0o077 == 0
    assert own.elastic_auth[1] not in "".join(path.read_text() for path in own.folder.glob("logs/*.log"))


# last in this file: it ends the stack that the tests above use
def test_nothing_is_left_when_the_parent_is_killed(parent: tuple[Path, subprocess.Popen[str]]) -> None:
    folder, process = parent
    assert len(below(folder)) >= 4, "keeper, kafka, elasticsearch and its launcher"
    process.kill()
    until(lambda: [p for p in below(folder) if p.pid != process.pid] == [])
    with pytest.raises(KeeperError, match="not running"):
        LocalStack.attach(folder)


def test_an_unfit_machine_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = preflight.Machine("Linux", "x86_64", (3, 11), 1 << 30, 1 << 40)
    monkeypatch.setattr(preflight.Machine, "here", lambda _folder: small)
    with pytest.raises(preflight.PreflightError, match="内存"), LocalStack(tmp_path / "stack"):
        pass
    assert not (tmp_path / "stack").exists()


def test_a_server_that_cannot_start_is_reported_with_its_log_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    (tmp_path / "kafka" / "data" / "meta.properties").write_text("version=1\ncluster.id=another\nnode.id=7\n")
    with pytest.raises(StackError, match=r"(?s)kafka.*node.?id"), LocalStack(tmp_path):
        pass
    assert below(tmp_path) == []


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    ports = Ports.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.elastic))
        other.listen()
        with pytest.raises(StackError, match=str(ports.elastic)), LocalStack(tmp_path, ports=ports):
            pass
    assert below(tmp_path) == []


def test_ports_are_free_and_below_the_range_of_outgoing_connections() -> None:
    ports = Ports.free()
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in (ports.kafka, ports.controller, ports.elastic, ports.transport):
        assert is_free(port)
        assert port < lowest
