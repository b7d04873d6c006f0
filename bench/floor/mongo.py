"""The floor on pymongo: one transaction a command, majority and journal; an order holds its lines and stages."""

from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

import pymongo
from pymongo.client_session import ClientSession

from bench.floor.terms import APPROVED, BEFORE, CLOSED, PAID, PLACED, SHIPPED, Refused, moment, stages, worth
from bench.work import ITEMS, STOCK, Demand, price, require

Row: TypeAlias = dict[str, Any]
_COLLECTIONS = ("sale", "stock", "stock_move", "settlement", "outbox")


class MongoClient:
    """One connection that trades by hand."""

    def __init__(self, connection: pymongo.MongoClient[Row], number: int) -> None:
        self.connection = connection
        self.base = connection.get_default_database()
        self._ids = count(number * 10**12 + 1)

    def finish(self) -> None:
        """Close the connection."""
        self.connection.close()

    def place(self, demand: Demand) -> int:
        """Write the order."""
        id, now, total = next(self._ids), moment(), worth(demand.lines)
        lines = [{"item": i, "quantity": q, "price": price(i), "shipped": 0} for i, q in demand.lines]
        planned = [{"no": no, "amount": amount, "due": due, "paid": 0} for no, amount, due in stages(total, now)]
        sale = {"_id": id, "customer": demand.customer, "status": PLACED, "version": 1, "total": total, "paid": 0}
        sale |= {"due": now, "lines": lines, "stages": planned}

        def work(session: ClientSession) -> None:
            self.base.sale.insert_one(sale, session=session)
            self._tell(id, PLACED, now, session)

        self._commit(work)
        return id

    def approve(self, order: int) -> None:
        """Reserve all lines or none."""

        def work(session: ClientSession) -> None:
            now, found = moment(), self._found(order, APPROVED, session)
            wanted = [(line["item"], line["quantity"]) for line in found["lines"]]
            updates = [
                pymongo.UpdateOne({"_id": item, "free": {"$gte": quantity}}, {"$inc": {"free": -quantity}})
                for item, quantity in wanted
            ]
            self._move(order, "reserve", updates, wanted, now=now, session=session)
            self._write(found, APPROVED, {}, now, session)

        self._commit(work)

    def pay(self, order: int) -> None:
        """Mark all stages paid."""

        def work(session: ClientSession) -> None:
            now, found = moment(), self._found(order, PAID, session)
            self._settle(order, ("cash", "customer"), found["total"], now, session)
            paid = [stage | {"paid": stage["amount"]} for stage in found["stages"]]
            self._write(found, PAID, {"paid": found["total"], "stages": paid}, now, session)

        self._commit(work)

    def ship(self, order: int) -> None:
        """Take the goods out of stock; they were free for nobody else already."""

        def work(session: ClientSession) -> None:
            now, found = moment(), self._found(order, SHIPPED, session)
            taken = [(line["item"], -line["quantity"]) for line in found["lines"]]
            updates = [
                pymongo.UpdateOne({"_id": item, "on_hand": {"$gte": -change}}, {"$inc": {"on_hand": change}})
                for item, change in taken
            ]
            self._move(order, "ship", updates, taken, now=now, session=session)
            self._settle(order, ("customer", "sales"), found["total"], now, session)
            shipped = [line | {"shipped": line["quantity"]} for line in found["lines"]]
            self._write(found, SHIPPED, {"lines": shipped}, now, session)

        self._commit(work)

    def close(self, order: int) -> None:
        """Close what is paid and shipped."""

        def work(session: ClientSession) -> None:
            found = self._found(order, CLOSED, session)
            if not found["total"] == found["paid"] == sum(stage["paid"] for stage in found["stages"]):
                raise Refused
            self._write(found, CLOSED, {}, moment(), session)

        self._commit(work)

    def _commit(self, work: Callable[[ClientSession], None]) -> None:
        with self.connection.start_session() as session:
            session.with_transaction(work)

    def _found(self, id: int, wanted: str, session: ClientSession) -> Row:
        found = self.base.sale.find_one({"_id": id}, session=session)
        if found is None or found["status"] != BEFORE[wanted]:
            raise Refused
        return found

    def _write(self, found: Row, status: str, changed: Row, now: int, session: ClientSession) -> None:
        change = {"$set": {"status": status, **changed}, "$inc": {"version": 1}}
        where = {"_id": found["_id"], "version": found["version"]}
        if self.base.sale.update_one(where, change, session=session).modified_count != 1:
            raise Refused
        self._tell(found["_id"], status, now, session)

    def _tell(self, id: int, event: str, now: int, session: ClientSession) -> None:
        self.base.outbox.insert_one({"sale": id, "type": event, "data": "{}", "at": now}, session=session)

    def _move(
        self,
        id: int,
        kind: str,
        updates: list[pymongo.UpdateOne],
        moved: list[tuple[int, int]],
        *,
        now: int,
        session: ClientSession,
    ) -> None:
        if self.base.stock.bulk_write(updates, session=session).modified_count != len(updates):
            raise Refused
        rows = [{"sale": id, "kind": kind, "item": item, "quantity": quantity, "at": now} for item, quantity in moved]
        self.base.stock_move.insert_many(rows, session=session)

    def _settle(self, id: int, accounts: tuple[str, str], amount: int, now: int, session: ClientSession) -> None:
        rows = [
            {"sale": id, "account": account, "amount": signed, "at": now}
            for account, signed in zip(accounts, (amount, -amount), strict=True)
        ]
        self.base.settlement.insert_many(rows, session=session)


class MongoFloor:
    """A database of a MongoDB replica set."""

    def __init__(self, url: str) -> None:
        self.url = url

    def connect(self) -> pymongo.MongoClient[Row]:
        """Open a connection whose writes are kept."""
        return pymongo.MongoClient[Row](self.url, w="majority", journal=True, readConcernLevel="majority")

    def prepare(self) -> None:
        """Create the collections; fill the stock: on hand, and free for orders."""
        with self.connect() as connection:
            base = connection.get_default_database()
            for name in _COLLECTIONS:
                base.create_collection(name)
            base.stock.insert_many([{"_id": item, "on_hand": STOCK, "free": STOCK} for item in range(ITEMS)])

    def client(self, number: int) -> MongoClient:
        """Connect."""
        return MongoClient(self.connect(), number)

    def check(self, lives: int) -> None:
        """Compare stock with moves, money with money, orders with lives and outbox."""
        with self.connect() as connection:
            base = connection.get_default_database()

            def total(name: str, field: str, where: Row | None = None) -> int:
                steps = [{"$match": where or {}}, {"$group": {"_id": None, "sum": {"$sum": f"${field}"}}}]
                return next((int(each["sum"]) for each in base[name].aggregate(steps)), 0)

            on_hand, free = total("stock", "on_hand"), total("stock", "free")
            moved, shipped = total("stock_move", "quantity"), total("stock_move", "quantity", {"kind": "ship"})
            require("closed orders", expected=lives, found=base.sale.count_documents({"status": CLOSED}))
            require("pieces on hand", expected=ITEMS * STOCK + shipped, found=on_hand)
            require("pieces reserved", expected=moved, found=on_hand - free)
            require("sum of settlements", expected=0, found=total("settlement", "amount"))
            require("outbox rows", expected=total("sale", "version"), found=base.outbox.count_documents({}))

    def finish(self) -> None:
        """Nothing is open."""
