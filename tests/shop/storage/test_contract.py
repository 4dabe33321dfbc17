from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.shop.storage.drafts import NOON, draft
from voice.shop.orders import PlacedOrder
from voice.shop.storage import OutOfStock, Storage, UnitOfWork
from voice.shop.storage.orders import order_number
from voice.shop.storage.records import CallRecord

LONG_AGO, TOMORROW = datetime(2000, 1, 1, tzinfo=timezone.utc), datetime.now(timezone.utc) + timedelta(days=1)


def place(storage: Storage, key: str, quantity: str = "1") -> PlacedOrder:
    return storage.run(lambda uow: uow.orders.place(draft(quantity=quantity), key))


def test_an_order_reads_back_as_it_was_told(storage: Storage) -> None:
    placed = place(storage, "k")
    with storage.unit_of_work(read_only=True) as uow:
        again = uow.orders.by_number(placed.number)
    assert again is not None
    assert again.draft == replace(draft(), caller=None)
    assert again.draft.placed_at.isoformat() == NOON.isoformat()
    assert (again.number, again.status) == ("100", "placed")


def test_the_same_key_places_one_order(storage: Storage) -> None:
    storage.run(lambda uow: uow.stock.sync({"loaf": 5}))
    assert place(storage, "k").id == place(storage, "k").id
    with storage.unit_of_work() as uow:
        assert len(uow.orders.list()) == 1 and uow.stock.left("loaf") == 4


def test_without_a_commit_nothing_happened(storage: Storage) -> None:
    with storage.unit_of_work() as uow:
        uow.orders.place(draft(), "k")
    with pytest.raises(RuntimeError), storage.unit_of_work() as uow:
        uow.orders.place(draft(), "k")
        raise RuntimeError
    with storage.unit_of_work() as uow:
        assert uow.orders.list() == []


def test_numbers_are_short_and_never_twice_on_a_day() -> None:
    numbers = [order_number(count) for count in range(2000)]
    assert len(set(numbers)) == 2000
    assert {len(number) for number in numbers[:900]} == {3} and len(numbers[-1]) == 4
    assert all(abs(int(a) - int(b)) > 1 for a, b in pairwise(numbers[:900]))


def test_each_day_begins_anew(storage: Storage) -> None:
    first, second = place(storage, "a"), place(storage, "b")
    third = storage.run(lambda uow: uow.orders.place(draft(placed_at=NOON + timedelta(days=1)), "c"))
    assert [first.number, second.number, third.number] == ["100", "137", "100"]
    with storage.unit_of_work() as uow:
        newest, older = uow.orders.by_number("100"), uow.orders.by_number("100", NOON.date())
        assert newest is not None and older is not None and (newest.id, older.id) == (third.id, first.id)


def test_stock_is_taken_refused_and_given_back(storage: Storage) -> None:
    storage.run(lambda uow: uow.stock.sync({"loaf": 3, "focaccia": 1, "tea": None}))
    placed = place(storage, "a", quantity="2")
    with storage.unit_of_work() as uow:
        assert uow.stock.levels() == {"loaf": Decimal(1), "focaccia": Decimal("0.65")}
        assert uow.stock.left("tea") is None
    with pytest.raises(OutOfStock) as refused:
        place(storage, "b", quantity="2")
    assert (refused.value.product_id, refused.value.left) == ("loaf", Decimal(1))
    storage.run(lambda uow: uow.orders.set_status(placed.id, "cancelled"))
    storage.run(lambda uow: uow.orders.set_status(placed.id, "cancelled"))
    with storage.unit_of_work() as uow:
        assert uow.stock.left("loaf") == 3 and uow.stock.left("focaccia") == 1


def test_a_new_count_in_the_catalogue_is_a_new_count_of_the_shelf(storage: Storage) -> None:
    storage.run(lambda uow: uow.stock.sync({"loaf": 3}))
    place(storage, "a")
    storage.run(lambda uow: uow.stock.sync({"loaf": 3}))
    with storage.unit_of_work() as uow:
        assert uow.stock.left("loaf") == 2
    storage.run(lambda uow: uow.stock.sync({"loaf": 9}))
    with storage.unit_of_work() as uow:
        assert uow.stock.left("loaf") == 9
    storage.run(lambda uow: uow.stock.sync({}))
    with storage.unit_of_work() as uow:
        assert uow.stock.levels() == {}


def test_fifty_orders_at_once_sell_ten_loaves(storage: Storage) -> None:
    storage.run(lambda uow: uow.stock.sync({"loaf": 10}))

    def order(n: int) -> bool:
        try:
            place(storage, f"key {n}")
        except OutOfStock:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        placed = sum(pool.map(order, range(50)))
    with storage.unit_of_work() as uow:
        orders = uow.orders.list()
        assert (placed, len(orders), uow.stock.left("loaf")) == (10, 10, Decimal(0))
        assert len({order.number for order in orders}) == 10


def test_one_key_from_many_threads_places_one(storage: Storage) -> None:
    storage.run(lambda uow: uow.stock.sync({"loaf": 10}))
    start = threading.Barrier(6)

    def order(_: int) -> str:
        start.wait()
        return place(storage, "same").id

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(order, range(6)))
    with storage.unit_of_work() as uow:
        assert len(ids) == len(uow.orders.list()) == 1 and uow.stock.left("loaf") == 9


def test_orders_that_want_the_same_things_in_another_order_do_not_block_each_other(storage: Storage) -> None:
    storage.run(lambda uow: uow.stock.sync({"loaf": 1000, "focaccia": 1000}))
    turned = replace(draft(), lines=tuple(reversed(draft().lines)))

    def order(n: int) -> str:
        return storage.run(lambda uow: uow.orders.place(turned if n % 2 else draft(), f"key {n}")).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(order, range(40)))) == 40


def test_sessions_go_on_by_id_and_by_caller(storage: Storage) -> None:
    storage.run(lambda uow: uow.sessions.save("a", '{"n": 1}', "+39 040 123456"))
    storage.run(lambda uow: uow.sessions.save("a", '{"n": 2}', "+39 040 123456"))
    with storage.unit_of_work() as uow:
        assert uow.sessions.load("a") == '{"n": 2}' and uow.sessions.load("b") is None
        assert uow.sessions.latest("+39040123456", LONG_AGO) == '{"n": 2}'
        assert uow.sessions.latest("+39040123456", TOMORROW) is None
        assert uow.sessions.latest("", LONG_AGO) is None
        uow.sessions.delete("a")
        assert uow.sessions.load("a") is None


def test_a_customer_is_remembered_and_forgotten(storage: Storage) -> None:
    caller = "+39 040 123456"
    storage.run(lambda uow: uow.customers.remember(caller, "Ada", consent=True))
    storage.run(lambda uow: uow.customers.remember(caller, language="it"))
    placed = place(storage, "k")
    with storage.unit_of_work() as uow:
        known = uow.customers.find(caller)
        assert known is not None and (known.name, known.language, known.consent) == ("Ada", "it", True)
        assert [order.id for order in uow.orders.latest(caller)] == [placed.id]
        assert uow.customers.find(None) is None and uow.orders.latest(None) == []
    storage.forget(caller)
    with storage.unit_of_work() as uow:
        assert uow.customers.find(caller) is None and uow.orders.latest(caller) == []
        assert uow.orders.get(placed.id).draft.fulfilment.name == ""


def test_calls_feedback_and_events(storage: Storage) -> None:
    call = CallRecord("c", "s", "phone", NOON, turns=1, milliseconds={"recognition": [12.5]})

    def work(uow: UnitOfWork) -> int:
        uow.calls.save(call, "+39 040")
        uow.calls.save(replace(call, ended_at=NOON, turns=4, outcome="placed"))
        uow.feedback.add("s", 5, "my card is 4111 1111 1111 1111, thanks")
        return uow.events.add("hand_over", "s", {"cart": ["2 lattes"]})

    event = storage.run(work)
    with storage.unit_of_work() as uow:
        (stored,) = uow.calls.list()
        assert (stored.turns, stored.outcome, stored.ended_at, stored.milliseconds) == (
            4, "placed", NOON, {"recognition": [12.5]})
        assert uow.feedback.list()[0].text == "my card is [••••], thanks"
        assert [(e.id, e.kind, e.data) for e in uow.events.open()] == [(event, "hand_over", {"cart": ["2 lattes"]})]
        uow.events.handled(event)
        assert uow.events.open() == []


def test_retention_takes_the_person_and_leaves_the_books(storage: Storage) -> None:
    def work(uow: UnitOfWork) -> str:
        uow.sessions.save("a", "{}", "1")
        uow.customers.remember("1", "Ada")
        uow.calls.save(CallRecord("c", "s", "phone", NOON))
        uow.feedback.add("s", 5)
        uow.events.add("hand_over", "s")
        return uow.orders.place(draft(), "k").id

    placed = storage.run(work)
    assert set(storage.purge(LONG_AGO).values()) == {0}
    assert storage.keep(0) == {} and set(storage.keep(36500).values()) == {0}
    assert set(storage.purge(TOMORROW + timedelta(days=9999)).values()) == {1}
    with storage.unit_of_work() as uow:
        kept = uow.orders.get(placed).draft
        to = kept.fulfilment
        assert kept.totals.total == 1750 and len(kept.lines) == 2
        assert (to.name, to.phone, to.address, to.postcode, kept.session_id) == ("", "", "", "", "")


def test_orders_are_listed_by_time_and_status(storage: Storage) -> None:
    first = place(storage, "a")
    second = storage.run(lambda uow: uow.orders.place(draft(placed_at=NOON + timedelta(hours=1)), "b"))
    storage.run(lambda uow: uow.orders.set_status(first.id, "ready"))
    with storage.unit_of_work() as uow:
        assert [order.id for order in uow.orders.list()] == [second.id, first.id]
        assert [order.id for order in uow.orders.list(since=NOON + timedelta(minutes=1))] == [second.id]
        assert [order.id for order in uow.orders.list(until=NOON + timedelta(minutes=1))] == [first.id]
        assert [order.id for order in uow.orders.list(status="ready")] == [first.id]
        with pytest.raises(KeyError):
            uow.orders.get("none")
        with pytest.raises(KeyError):
            uow.orders.set_status("none", "done")
        with pytest.raises(ValueError, match="idempotency key"):
            uow.orders.place(draft(), "")
