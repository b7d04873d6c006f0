"""What commands did, and what a repeated idempotency key is answered."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tradecore.catalog import ItemKind
from tradecore.changes import Changes, CommandRecord, Repeated, Save, Version
from tradecore.documents import OrderStatus, ProvisioningAction
from tradecore.errors import Code, Conflict, Severity, Violation, violation
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import kept, picture, told, written
from tradecore.testing.factories import AT, a_commit, a_line, a_provision, an_entry, an_event, an_item, an_order
from tradecore.values.percent import Percent
from tradecore.values.record import Ref


class HistoriesConformance(Driven):
    """Histories and idempotency keys."""

    @driven
    async def test_history_tells_who_did_what_and_when(self, store: Store) -> None:
        """Each commit of a command is one record: version, command, actor, moment; the oldest first."""
        order = (await written(store, a_commit(an_order(id="o"), command="place_order", actor="Я"))).records
        first = order[Ref("sales_order", "o")]
        later = AT + timedelta(milliseconds=7)
        change = Save(attrs.evolve(first, comment="mind the step"), first)  # type: ignore[call-arg]  # an order
        await written(store, a_commit(change, an_item(), command="edit_order", actor="😀", at=later))
        found = await store.history(first.ref)
        facts = [(each.document, each.version, each.command, each.actor, each.at) for each in found]
        assert [(first.ref, 1, "place_order", "Я", AT), (first.ref, 2, "edit_order", "😀", later)] == facts
        assert [each.version for each in await store.history(Ref("item", "chair"))] == [1]
        assert await store.history(Ref("item", "o")) == []

    @driven
    async def test_history_tells_what_differs(self, store: Store) -> None:
        """Each value that changed is named by its place, with what it was and became, as itself; a first save names none."""
        provision = a_provision(2)
        before = an_order(id="o", lines=[a_line(quantity=3, provisions=(provision,)), a_line(quantity="1.5")])
        first = (await written(store, a_commit(before))).records[before.ref]
        changed: dict[str, Any] = {"price": Decimal("2.5"), "discount": Percent("12.5"), "ship_on": AT.date()}
        line = attrs.evolve(before.lines[0], provisions=(), shipped=before.lines[0].quantity, **changed)
        changes: dict[str, Any] = {"status": OrderStatus.TO_EXECUTE, "approved_at": AT, "lines": (line,)}
        await written(store, a_commit(Save(attrs.evolve(first, **changes), first)))
        history = told(await store.history(before.ref))
        assert [each["differences"] for each in history[:1]] == [{}]
        differences = history[1]["differences"]
        assert {
            "status": (OrderStatus.ON_APPROVAL, OrderStatus.TO_EXECUTE),
            "approved_at": (None, AT),
            "lines[1].price": (Decimal(100), Decimal("2.5")),
            "lines[1].discount": (Percent(0), Percent("12.5")),
            "lines[1].ship_on": (None, AT.date()),
            "lines[1].shipped": (Decimal(0), Decimal(3)),
            "lines[1].provisions[0]": (provision, None),
            "lines[2]": (before.lines[1], None),
        } == differences
        assert all(type(old) is type(new) for old, new in differences.values() if None not in (old, new))
        assert isinstance(differences["lines[1].provisions[0]"][0].action, ProvisioningAction)

    @driven
    async def test_history_tells_what_was_lifted(self, store: Store) -> None:
        """Warnings and controls that a right went past stand in the history of every record of the commit."""
        lifted = violation(Code.PREPAYMENT_UNPAID, missing="1 EUR", due="2 EUR").unless("ship_unpaid")
        warned = Violation("БОРГ", "customer", {"days": "3"}, Severity.WARNING, sentence="Overdue by {days} days.")
        order, item = an_order(id="o"), an_item()
        await written(store, a_commit(order, item, told=(lifted, warned)))
        for record in (order, item):
            (found,) = await store.history(record.ref)
            assert (lifted, warned) == found.told
            assert found.told[1].message == "Overdue by 3 days."

    @driven
    async def test_saves_without_a_command_leave_no_history(self, store: Store) -> None:
        """What is no command's doing, such as the place a reader has reached, is not in the history."""
        item = await kept(store, an_item())
        await kept(store, attrs.evolve(item, kind=ItemKind.SERVICE), item)
        assert await store.history(item.ref) == []

    @driven
    async def test_a_repeated_key_writes_nothing(self, store: Store) -> None:
        """The second commit of a key has no effect; the answer is the first one's, though the record has moved on."""
        order = an_order(id="o")
        first = (await written(store, self._commit(Save(order, None, "SO-2026"), "k"))).records[order.ref]
        second = await kept(store, attrs.evolve(first, comment="moved on"), first)  # type: ignore[call-arg]  # an order
        before = await picture(store, keys=["k"])
        again = await store.commit(self._commit(Save(an_order(id="p"), None, "SO-2026"), "k"))
        assert Repeated("k", "print of k", first) == again
        assert before == await picture(store, keys=["k"])
        assert second == before.records[order.ref]

    def _commit(self, save: Save, key: str) -> Changes:
        ref = save.after.ref
        return a_commit(save, entries=[an_entry(on_hand=1, document=ref)], events=[an_event(ref)], key=key)

    @driven
    async def test_a_known_key_is_answered_before_anything_is_checked(self, store: Store) -> None:
        """Versions and guards of a repetition are those of a time gone by: they do not matter."""
        order = an_order(id="o")
        first = (await written(store, self._commit(Save(order), "k"))).records[order.ref]
        stale = attrs.evolve(self._commit(Save(order), "k"), guards=(Version(Ref("item", "none"), 5),))
        assert Repeated("k", "print of k", first) == await store.commit(stale)

    @driven
    async def test_a_key_remembers_its_first_fingerprint(self, store: Store) -> None:
        """Whoever repeats a key with other input can tell."""
        await written(store, a_commit(an_item(), key="k", fingerprint="first"))
        again = await store.commit(a_commit(an_item("table"), key="k", fingerprint="second"))
        assert isinstance(again, Repeated)
        assert ("first", an_item().ref) == (again.fingerprint, again.result.ref)

    @driven
    async def test_a_key_is_recalled(self, store: Store) -> None:
        """What a key was used for can be asked; an unknown key, or one that differs in case or a blank, is unknown."""
        assert None is await store.recall("key")
        done = await written(store, a_commit(an_order(id="o"), an_item(), key="key", result=an_item().ref))
        assert Repeated("key", "print of key", done.records[an_item().ref]) == await store.recall("key")
        for other in ("Key", "key ", "ke", "%", ""):
            assert None is await store.recall(other)

    @driven
    async def test_a_key_may_answer_with_a_record_that_was_not_saved_first(self, store: Store) -> None:
        """Of several records, the one the command names is the answer, numbered and versioned as it was written."""
        order = an_order(id="o")
        saves = (Save(an_item()), Save(order, None, "SO-2026"))
        await written(store, a_commit(*saves, key="k", result=order.ref))
        known = await store.recall("k")
        assert known is not None
        assert attrs.evolve(order, number="SO-2026-000001", version=1) == known.result

    @driven
    async def test_a_refused_commit_does_not_use_its_key_up(self, store: Store) -> None:
        """The key of a commit that lost a guard is free: the next try is written."""
        lost = attrs.evolve(a_commit(an_item(), key="k"), guards=(Version(Ref("item", "none"), 5),))
        with pytest.raises(Conflict):
            await store.commit(lost)
        assert None is await store.recall("k")
        await written(store, a_commit(an_item(), key="k"))

    @driven
    async def test_commands_without_a_key_are_never_repetitions(self, store: Store) -> None:
        """No key is not a key: two commands without one are two commands."""
        for id in ("a", "b"):
            record = CommandRecord(f"command {id}", "place_order", "clerk", AT)
            await written(store, Changes((Save(an_item(id)),), record=record))
        assert None is await store.recall("")
