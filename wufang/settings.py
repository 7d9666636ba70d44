"""One frozen settings object, read once at the edge from WUFANG_* variables and passed down."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Every field is the variable WUFANG_<NAME>; defaults suit one machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kafka: str = Field("127.0.0.1:9092", description="Kafka bootstrap addresses, comma separated")
    prefix: str = Field(
        "", pattern=r"^([a-z0-9-]+\.)?$", description="put before every topic, group and index, e.g. `demo.`"
    )
    replication: int = Field(1, ge=1, description="replication factor of topics this system creates")
    elastic_url: str = Field("http://127.0.0.1:9200", description="Elasticsearch address")
    elastic_user: str = Field("", description="Elasticsearch user, empty for none")
    elastic_password: str = Field("", repr=False, description="Elasticsearch password")
    elastic_replicas: int = Field(0, ge=0, description="replicas of every index shard")
    api_keys: Path = Field(Path("state/api-keys.json"), description="file of hashed agency keys")
    secrets: Path = Field(Path("state/secrets.json"), description="file of master, pseudonym, content and receipt keys")
    jwks: Path = Field(Path("state/jwks.json"), description="public keys that people's tokens are checked with")
    discipline_url: str = Field(
        "http://127.0.0.1:8106", description="address of the discipline office's store of sealed parts"
    )
    discipline_key: Path = Field(Path("state/discipline.key"), description="file of the key the doors show that store")
    books_key: Path = Field(
        Path("state/books.key"), description="file of the key `wufang reconcile` shows that store, for receipts only"
    )
    discipline_secrets: Path = Field(
        Path("state/discipline/secrets.json"), description="file of the store's own keys, which nobody else reads"
    )
    discipline_store: Path = Field(Path("state/discipline/sealed.db"), description="SQLite file of the store")
    ledger_url: str = Field(
        "http://127.0.0.1:8100", description="address of the ledger service, to which that store gives released parts"
    )
    release_key: Path = Field(
        Path("state/release.key"), description="file of the key that store shows the ledger service, for releases only"
    )
    seal_timeout: float = Field(
        2.0, gt=0, description="seconds a post waits for that store before items that need sealing answer 503"
    )
    issuer: str = Field("wufang-local", description="issuer that people's tokens must name")
    host: str = Field("127.0.0.1", description="address a service listens on")
    port: int = Field(0, ge=0, le=65535, description="port a service listens on, 0 for its usual one")
    pending_limit: int = Field(5_000, ge=1, description="reports one service may have waiting for the broker's ack")
    key_rate: float = Field(
        200.0, gt=0, description="posts a second one key may send to one service, after a burst of five seconds' worth"
    )
    ack_timeout: float = Field(8.0, gt=0, description="seconds a post waits for the broker's ack before it answers 503")
    state: Path = Field(Path("state/streams"), description="folder of snapshots, one folder a worker in it")
    worker: str = Field(
        "0", pattern=r"^[A-Za-z0-9_-]+$", description="name of a stream worker, its folder under `state`"
    )
    generation: int = Field(1, ge=1, description="generation of the indices the indexer writes")
    batch: int = Field(500, ge=1, description="most records a stream worker takes at once")
    linger: float = Field(0.1, gt=0, description="seconds a stream worker waits for a batch to fill")
    index_batch: int = Field(1_000, ge=1, description="most records the indexer writes to Elasticsearch at once")
    index_linger: float = Field(
        0.2,
        gt=0,
        description="seconds the indexer waits for a batch to fill; small ones cost Elasticsearch twice as much",
    )
    record_limit: int = Field(
        524_288, ge=1_024, description="bytes a ledger record may have; larger goes to quarantine"
    )
    stream_port: int = Field(0, ge=0, le=65535, description="port of a stream worker's health and metrics, 0 for none")
    profile: str = Field(
        "default", pattern=r"^[a-z0-9_-]+$", description="name of the place's profile: its rules, under `profiles/`"
    )
    log_level: str = Field("info", description="debug, info, warning or error")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read WUFANG_* of the known fields. Raises pydantic.ValidationError naming the field."""
        source = os.environ if environ is None else environ
        names = {f"WUFANG_{name.upper()}": name for name in cls.model_fields}
        return cls.model_validate({names[key]: value for key, value in source.items() if key in names and value != ""})

    @property
    def brokers(self) -> list[str]:
        """Kafka's bootstrap addresses, each host:port."""
        return self.kafka.split(",")

    def topic(self, name: str) -> str:
        """The topic's name on the broker."""
        return self.prefix + name

    def group(self, name: str) -> str:
        """The consumer group's name on the broker."""
        return f"{self.prefix}wufang-{name}"
