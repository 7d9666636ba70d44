"""The read model's door to Elasticsearch; it must not touch an index that this deployment does not own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Self

import msgspec

from wufang.adapters import elastic_bulk
from wufang.adapters.elastic_bulk import OnTrouble, Refused, Target
from wufang.adapters.elastic_http import ElasticError, ElasticHttp, ElasticRefused, ElasticUnavailable
from wufang.readmodel.actions import Action, Written
from wufang.readmodel.document import Kind
from wufang.readmodel.indices import (
    KINDS,
    IndexName,
    build_index_name,
    index_prefix,
    parse_index_name,
    serving_alias,
    writing_alias,
)
from wufang.readmodel.mapping import index_body
from wufang.settings import Settings

__all__ = [
    "ElasticError",
    "ElasticIndex",
    "ElasticRefused",
    "ElasticUnavailable",
    "Found",
    "MappingMismatch",
    "Refused",
    "Stored",
]

SCAN_PAGE = 1_000
KEEP_ALIVE = "2m"
COMPARED_SETTINGS = ("analysis", "number_of_shards")


class Found(NamedTuple):
    """A document as it stands in the index."""

    id: str
    version: int
    document: dict[str, Any]


class Stored(msgspec.Struct, frozen=True):
    """A document as Elasticsearch keeps it: `source` is the bytes it was sent."""

    id: str = msgspec.field(name="_id")
    version: int = msgspec.field(name="_version")
    source: msgspec.Raw = msgspec.field(name="_source")
    sort: list[int]


class _Hits(msgspec.Struct):
    hits: list[Stored]


class _Page(msgspec.Struct):
    hits: _Hits


_page = msgspec.json.Decoder(_Page)


class MappingMismatch(Exception):
    """An index was made by other code: it must be rebuilt as a new generation, never written to."""


class ElasticIndex:
    """All indices of one deployment; the prefix keeps deployments on one cluster apart."""

    def __init__(self, http: ElasticHttp, prefix: str = "", replicas: int = 0, shards: int = 1) -> None:
        self._http = http
        self._prefix = prefix
        self._replicas = replicas
        self._shards = shards

    @classmethod
    def from_settings(cls, settings: Settings, timeout: float = 60.0) -> Self:
        """The indices of the settings' deployment; a request is given `timeout` seconds."""
        http = ElasticHttp(settings.elastic_url, settings.elastic_user, settings.elastic_password, timeout)
        return cls(http, index_prefix(settings.prefix), settings.elastic_replicas)

    async def close(self) -> None:
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def name(self, kind: Kind, generation: int) -> str:
        """The index of one kind and generation."""
        return build_index_name(IndexName(self._prefix, kind, generation))

    def alias(self, kind: Kind) -> str:
        """The alias readers ask."""
        return serving_alias(self._prefix, kind)

    # --- generations: made, verified, served from, dropped

    async def create(self, generation: int) -> None:
        """Make the generation's indices that are missing; nothing serves from them until `flip`."""
        await asyncio.gather(*(self._create_one(IndexName(self._prefix, kind, generation)) for kind in KINDS))

    async def _create_one(self, name: IndexName) -> None:
        body = index_body(name.kind, self._shards, self._replicas)
        try:
            await self._http.json("PUT", f"/{build_index_name(name)}", {**body, "aliases": {writing_alias(name): {}}})
        except ElasticRefused as error:
            if error.kind != "resource_already_exists_exception":
                raise

    async def ensure(self, generation: int) -> None:
        """Create what is missing, check that this code made it, and serve from it if nothing serves yet.

        Raises MappingMismatch.
        """
        await self.create(generation)
        await self.verify(generation)
        if not await self.serving():
            await self.flip(generation)

    async def verify(self, generation: int) -> None:
        """Compare each index with this code's mapping and analysis. Raises MappingMismatch."""
        for kind in KINDS:
            name = self.name(kind, generation)
            answer = (await self._http.json("GET", f"/{name}"))[name]
            wanted = index_body(kind, self._shards, self._replicas)
            _same(name, "mappings", _mapping(answer["mappings"]), _mapping(wanted["mappings"]))
            _same(name, "settings", _compared(answer["settings"]["index"]), _compared(wanted["settings"]))

    async def serving(self) -> dict[Kind, int]:
        """Which generation each alias points to; empty when none does."""
        found = await self._aliases()
        return {name.kind: name.generation for name, aliases in found.items() if self.alias(name.kind) in aliases}

    async def generations(self) -> list[int]:
        """All generations that exist, oldest first."""
        return sorted({name.generation for name in await self._aliases()})

    async def _aliases(self) -> dict[IndexName, set[str]]:
        """This deployment's indices and the aliases of each."""
        patterns = ",".join(f"{self._prefix}{kind}-g*" for kind in KINDS)
        answer = await self._http.json("GET", f"/{patterns}/_alias", allow_no_indices="true")
        names = {text: parse_index_name(text) for text in answer}
        return {
            name: set(answer[text]["aliases"]) for text, name in names.items() if name and name.prefix == self._prefix
        }

    async def flip(self, generation: int) -> None:
        """Point every reader's alias at the generation, all in one step."""
        actions: list[dict[str, Any]] = []
        for kind, old in (await self.serving()).items():
            actions.append({"remove": {"index": self.name(kind, old), "alias": self.alias(kind)}})
        actions += [{"add": {"index": self.name(kind, generation), "alias": self.alias(kind)}} for kind in KINDS]
        await self._http.json("POST", "/_aliases", {"actions": actions})

    async def drop(self, generation: int, *, even_serving: bool = False) -> None:
        """Delete a generation. Raises ValueError while it serves."""
        if not even_serving and generation in (await self.serving()).values():
            raise ValueError(f"generation {generation} serves; flip to another first")
        for kind in KINDS:
            await self._http.json("DELETE", f"/{self.name(kind, generation)}", ignore_unavailable="true")

    async def tune(self, generation: int, *, refresh: str) -> None:
        """How often writes become searchable (`1s`, or `-1` while rebuilding)."""
        for kind in KINDS:
            body = {"index": {"refresh_interval": refresh}}
            await self._http.json("PUT", f"/{self.name(kind, generation)}/_settings", body)

    # --- documents: written, read back, searched, scanned

    async def write(
        self, generation: int, actions: Iterable[Action], on_trouble: OnTrouble | None = None
    ) -> list[Refused]:
        """Write every action to a generation; returns the documents Elasticsearch will never take.

        A newer version already there counts as written. All else is tried again for ever; `on_trouble` is
        called before each wait and may raise to stop.
        """
        return await elastic_bulk.write(self._http, actions, self._target(generation), on_trouble)

    async def write_encoded(
        self, generation: int, documents: Iterable[Written], on_trouble: OnTrouble | None = None
    ) -> list[Refused]:
        """The same of documents that are bytes already."""
        return await elastic_bulk.write_encoded(self._http, documents, self._target(generation), on_trouble)

    def _target(self, generation: int) -> Target:
        targets = {kind: writing_alias(IndexName(self._prefix, kind, generation)) for kind in KINDS}
        return lambda action: targets[action.kind]

    async def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Found]:
        """Documents by id, as last written whether searchable yet or not; absent ones are left out."""
        found = await self.get_any([(kind, doc_id) for doc_id in ids])
        return {doc_id: document for (_, doc_id), document in found.items()}

    async def get_any(self, wanted: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], Found]:
        """The same over several kinds in one request."""
        if not wanted:
            return {}
        docs = [{"_index": self.alias(kind), "_id": doc_id} for kind, doc_id in wanted]
        answer = await self._http.json("POST", "/_mget", {"docs": docs})
        pairs = zip(wanted, answer["docs"], strict=True)
        broken = [doc["error"]["type"] for doc in answer["docs"] if "error" in doc]
        if broken:
            raise ElasticUnavailable(broken[0])
        return {key: Found(key[1], doc["_version"], doc["_source"]) for key, doc in pairs if doc["found"]}

    async def search(self, kind: Kind, body: Mapping[str, Any], *beside: Kind) -> dict[str, Any]:
        """The answer to a search over what serves, `beside` in the same list of hits.

        Raises ElasticUnavailable, also on half an answer.
        """
        names = ",".join(map(self.alias, (kind, *beside)))
        answer = await self._http.json("POST", f"/{names}/_search", body)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise ElasticUnavailable("not every shard answered")
        return answer

    async def scan(self, kind: Kind, generation: int, fields: Sequence[str] | None = None) -> AsyncIterator[Found]:
        """Every document of an index once, from one point in time; what is not refreshed yet is not in it."""
        async with self._point_in_time(kind, generation) as pit:
            async for hit in self._scan_pit(pit, fields):
                yield Found(hit["_id"], hit["_version"], hit.get("_source", {}))

    async def scan_stored(self, kind: Kind, generation: int) -> AsyncGenerator[list[Stored], None]:
        """The same in pages, undecoded; the next page is on its way while one is looked at."""
        async with self._point_in_time(kind, generation) as pit:
            coming = asyncio.create_task(self._stored(_scan_body(pit)))
            try:
                while page := await coming:
                    coming = asyncio.create_task(self._stored(_scan_body(pit), page[-1].sort))
                    yield page
            finally:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _stored(self, body: dict[str, Any], after: list[int] | None = None) -> list[Stored]:
        more = {} if after is None else {"search_after": after}
        return _page.decode(await self._http.raw("POST", "/_search", body | more)).hits.hits

    @asynccontextmanager
    async def _point_in_time(self, kind: Kind, generation: int) -> AsyncIterator[str]:
        opened = await self._http.json("POST", f"/{self.name(kind, generation)}/_pit", keep_alive=KEEP_ALIVE)
        try:
            yield opened["id"]
        finally:
            await asyncio.shield(self._http.json("DELETE", "/_pit", {"id": opened["id"]}))

    async def _scan_pit(self, pit: str, fields: Sequence[str] | None) -> AsyncIterator[dict[str, Any]]:
        body = _scan_body(pit) | {"_source": True if fields is None else list(fields)}
        while True:
            hits = (await self._http.json("POST", "/_search", body))["hits"]["hits"]
            for hit in hits:
                yield hit
            if len(hits) < SCAN_PAGE:
                return
            body["search_after"] = hits[-1]["sort"]

    async def refresh(self, generation: int | None = None, *kinds: Kind) -> None:
        """Make everything written searchable now, of some kinds or all."""
        names = [self.alias(kind) if generation is None else self.name(kind, generation) for kind in kinds or KINDS]
        await self._http.json("POST", f"/{','.join(names)}/_refresh")

    async def count(self, kind: Kind, generation: int | None = None) -> int:
        """How many documents are searchable."""
        name = self.alias(kind) if generation is None else self.name(kind, generation)
        answer = await self._http.json("GET", f"/{name}/_count", filter_path="count")
        return int(answer["count"])

    async def ready(self) -> bool:
        """Whether the indices that serve can be searched."""
        try:
            return set(await self.serving()) == set(KINDS)
        except ElasticError:
            return False


def _scan_body(pit: str) -> dict[str, Any]:
    """One page of everything, in the order it lies in."""
    return {
        "size": SCAN_PAGE,
        "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
        "sort": ["_shard_doc"],
        "version": True,
        "track_total_hits": False,
    }


def _mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping in one spelling: Elasticsearch gives some booleans back as strings."""
    return {key: _spelled(value) for key, value in sorted(mapping.items())}


def _compared(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _spelled(settings.get(key)) for key in COMPARED_SETTINGS}


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _spelled(inner) for key, inner in sorted(value.items()) if (key, inner) != ("type", "object")}
    if isinstance(value, list):
        return [_spelled(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool | int) else value


def _same(index: str, what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise MappingMismatch(
            f"{index}: {what} differ at {_difference(found, wanted)}; make a new generation (wufang rebuild)"
        )


def _difference(found: object, wanted: object, path: str = "") -> str:
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        for key in sorted({*found, *wanted}):
            if found.get(key) != wanted.get(key):
                return _difference(found.get(key), wanted.get(key), f"{path}/{key}")
    return f"{path or '/'}: found {found!r}, wanted {wanted!r}"
