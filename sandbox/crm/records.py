"""Records of one kind with the indexes that lookups by id, origin, phone and e-mail need."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

Item = dict[str, Any]


class Records:
    """Items by id; ids only grow, so they are always sorted."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}
        self._ids: list[int] = []
        self._origins: dict[str, set[int]] = {}
        self._contacts: dict[tuple[str, str], set[int]] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def get(self, item_id: int) -> Item | None:
        return self._items.get(item_id)

    def add(self, item: Item) -> Item:
        self._last += 1
        item["id"] = self._last
        self._items[self._last] = item
        self._ids.append(self._last)
        return item

    def index(self, item: Item) -> None:
        """Note under which origin, phones and e-mails the item can be found from now on."""
        if origin := item.get("originId"):
            self._origins.setdefault(str(origin), set()).add(item["id"])
        for row in item.get("fm", ()):
            self._contacts.setdefault(contact_key(row["typeId"], row["value"]), set()).add(item["id"])

    def remove(self, item_id: int) -> Item | None:
        item = self._items.pop(item_id, None)
        if item is not None:
            del self._ids[bisect_left(self._ids, item_id)]
        return item

    def newest_first(self) -> Iterator[Item]:
        return (self._items[item_id] for item_id in reversed(self._ids))

    def by_ids(self, ids: Iterable[int]) -> list[Item]:
        return [self._items[item_id] for item_id in sorted(set(ids)) if item_id in self._items]

    def by_origins(self, origins: Iterable[str]) -> list[Item]:
        """Candidates by origin; an item that has left an origin is still among them."""
        return self.by_ids(item_id for origin in origins for item_id in self._origins.get(origin, ()))

    def by_contact(self, kind: str, value: str) -> list[int]:
        key = contact_key(kind, value)
        candidates = self.by_ids(self._contacts.get(key, ()))
        return [
            i["id"] for i in candidates if any(contact_key(r["typeId"], r["value"]) == key for r in i["fm"])
        ]

    def after(self, item_id: int) -> Iterator[Item]:
        """Items with a greater id, in order of ids, without touching the rest."""
        for position in range(bisect_right(self._ids, item_id), len(self._ids)):
            yield self._items[self._ids[position]]


def contact_key(kind: str, value: str) -> tuple[str, str]:
    """Phones compare by their digits, e-mails without regard to case."""
    if kind == "PHONE":
        return kind, "".join(letter for letter in value if letter.isdigit())
    return kind, value.strip().lower()
