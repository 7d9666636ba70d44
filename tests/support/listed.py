"""An index that is a list: it answers the few clauses that the service's readers ask by."""

from collections.abc import Mapping, Sequence
from typing import Any

from wufang.adapters.elastic_index import Found
from wufang.readmodel.actions import Action
from wufang.readmodel.document import Kind


class ListedIndex:
    """Answers gets and filtered searches from the last write of each document; a clause it does not know fails."""

    def __init__(self, actions: Sequence[Action]) -> None:
        self.held = {(action.kind, action.id): action for action in actions}

    async def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Found]:
        found = [self.held[kind, name] for name in ids if (kind, name) in self.held]
        return {one.id: Found(one.id, one.version, one.document) for one in found}

    async def search(self, kind: str, body: Mapping[str, Any], *beside: str) -> dict[str, Any]:
        found = [one for one in self.held.values() if one.kind in (kind, *beside) and holds(body["query"], one)]
        hits = [{"_id": one.id, "_version": one.version, "_source": one.document, "sort": [one.id]} for one in found]
        return {"hits": {"hits": hits, "total": {"value": len(hits), "relation": "eq"}}}


def holds(query: Mapping[str, Any], one: Action) -> bool:
    ((clause, told),) = query.items()
    if clause == "bool":
        must = [*told.get("filter", ()), *told.get("must", ())]
        some = told.get("should", ())
        barred = any(holds(part, one) for part in told.get("must_not", ()))
        return all(holds(part, one) for part in must) and not barred and (not some or any(holds(p, one) for p in some))
    if clause == "exists":
        return told["field"] in one.document
    if clause == "ids":
        return one.id in told["values"]
    if clause not in ("term", "terms", "match_phrase"):
        raise NotImplementedError(clause)
    ((field, wanted),) = told.items()
    value = one.document.get(field)
    values: list[Any] = value if isinstance(value, list) else [value]
    if clause == "match_phrase":
        return any(f" {wanted} " in f" {each} " for each in values)
    if field == "accused_keys":
        values = [word for each in values for word in each.split()]
    return any(each in values for each in (wanted if isinstance(wanted, list) else [wanted]))
