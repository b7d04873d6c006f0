"""Orders over HTTP: the same application on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

pytest.importorskip("fastapi", reason="the example needs FastAPI")
httpx: Any = pytest.importorskip("httpx", reason="the application is called by httpx")

from fastapi_orders import app, create_app  # noqa: E402  # FastAPI is there

Scene: TypeAlias = Callable[[Any], Awaitable[None]]
Play: TypeAlias = Callable[[Scene], None]

TWO_CHAIRS = {"customer": "acme", "lines": [{"item": "chair", "quantity": "2"}]}


def play_on(url: str, tenant: str) -> Play:
    """Run a scene with a client of an application that is started before it and ended after it."""

    async def started(scene: Scene) -> None:
        application = create_app(url, tenant)
        transport = httpx.ASGITransport(application)
        async with (
            application.router.lifespan_context(application),
            httpx.AsyncClient(transport=transport, base_url="http://shop") as client,
        ):
            await scene(client)

    return lambda scene: asyncio.run(started(scene))


@pytest.fixture
def memory() -> Play:
    """An application that keeps nothing: enough for what it answers to mistakes."""
    return play_on("memory://", "main")


@pytest.fixture(params=["sqlite", "postgres"])
def play(request: pytest.FixtureRequest, tmp_path: Path, tenant: str) -> Play:
    """An application on each database it is made for."""
    if request.param == "sqlite":
        return play_on(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", tenant)
    return play_on(request.getfixturevalue("postgres_url"), tenant)


def test_importing_the_example_opens_nothing() -> None:
    """A server imports `app`; the store is opened when it starts."""
    assert ("Orders", False) == (app.title, hasattr(app.state, "trade"))


def test_an_order_goes_from_placing_to_shipment(play: Play) -> None:
    """Each step answers with what it made, and reading the order explains where it is."""

    async def scene(client: Any) -> None:
        placed = await client.post("/orders", json=TWO_CHAIRS)
        assert (201, "98.00") == (placed.status_code, placed.json()["total"])
        order = f"/orders/{placed.json()['id']}"
        assert "awaiting_prepayment" == (await client.post(f"{order}/execution")).json()["state"]
        refused = await client.post(f"{order}/shipments")
        assert (422, "PREPAYMENT_UNPAID") == (refused.status_code, refused.json()["error"])
        paid = await client.post(f"{order}/payments", json={"amount": "98.00", "currency": "EUR"})
        assert (201, {"amount": "98.00", "currency": "EUR"}) == (paid.status_code, paid.json()["amount"])
        shipped = await client.post(f"{order}/shipments")
        assert (201, "2") == (shipped.status_code, shipped.json()["lines"][0]["quantity"])
        known = (await client.get(order)).json()
        assert ("ready_to_close", "98.00") == (known["state"], known["figures"]["paid"]["amount"])
        assert "everything is delivered or cancelled, and nothing is owed" == known["because"]
        assert "close" in known["allowed"]
        assert "ship" not in known["allowed"]

    play(scene)


def test_a_request_with_a_key_is_carried_out_once(play: Play) -> None:
    """The same request is answered alike, another one with the same key is a conflict, and requests may race."""

    async def scene(client: Any) -> None:
        key = {"Idempotency-Key": "cart-17"}
        answers = await asyncio.gather(*(client.post("/orders", json=TWO_CHAIRS, headers=key) for _ in range(5)))
        assert {201} == {each.status_code for each in answers}
        assert 1 == len({each.json()["id"] for each in answers})
        other = {**TWO_CHAIRS, "lines": [{"item": "desk", "quantity": "1"}]}
        reused = await client.post("/orders", json=other, headers=key)
        assert (409, "KEY_REUSED") == (reused.status_code, reused.json()["error"])
        assert 1 == len((await client.get("/orders")).json()["orders"])

    play(scene)


def test_orders_come_a_page_at_a_time(play: Play) -> None:
    """Each page names the next one, no order comes twice, and a state chooses among them."""

    async def scene(client: Any) -> None:
        made = [(await client.post("/orders", json=TWO_CHAIRS)).json()["id"] for _ in range(5)]
        found: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = (await client.get("/orders", params={"state": "awaiting_approval", "limit": 2, **after})).json()
            found += [each["id"] for each in page["orders"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert sorted(made) == sorted(found)
        none = await client.get("/orders", params={"state": "closed"})
        assert ([], None) == (none.json()["orders"], none.json()["next"])

    play(scene)


def test_an_application_that_starts_again_finds_its_orders(play: Play) -> None:
    """The store outlives the application, and the shop is not stocked twice."""
    ids: list[str] = []

    async def first_day(client: Any) -> None:
        ids.append((await client.post("/orders", json=TWO_CHAIRS)).json()["id"])

    async def second_day(client: Any) -> None:
        assert 200 == (await client.get(f"/orders/{ids[0]}")).status_code
        too_many = {**TWO_CHAIRS, "lines": [{"item": "chair", "quantity": "101"}]}
        order = (await client.post("/orders", json=too_many)).json()["id"]
        executed = (await client.post(f"/orders/{order}/execution")).json()
        assert ["100", "1"] == [each["quantity"] for each in executed["lines"][0]["provisions"]]

    play(first_day)
    play(second_day)


@pytest.mark.parametrize(
    ("path", "body", "status", "found"),
    [
        ("/orders", {"customer": "acme", "lines": []}, 422, {("EMPTY", "lines")}),
        ("/orders", {"customer": "x", "lines": [{"item": "sofa", "quantity": "1"}]}, 422, {("UNKNOWN_ID", "customer")}),
        (
            "/orders",
            {"customer": "acme", "lines": [{"item": "chair", "quantity": 0.5}, {"itm": "desk", "quantity": 1}]},
            422,
            {("FLOAT_NOT_EXACT", "lines[0].quantity"), ("MISSING", "lines[1].item"), ("UNKNOWN_FIELD", "lines[1].itm")},
        ),
        ("/orders", {"customer": 3}, 422, {("WRONG_TYPE", "customer"), ("WRONG_TYPE", "lines")}),
        ("/orders/none/shipments", {}, 404, set()),
        ("/orders/none/payments", {"amount": "1.005", "currency": "EUR"}, 422, {("TOO_MANY_DECIMALS", "amount")}),
        ("/orders/none/payments", {"amount": "1", "currency": "EUX"}, 422, {("UNKNOWN_CURRENCY", "currency")}),
    ],
)
def test_a_mistake_is_answered_with_codes_and_places(
    memory: Play, path: str, body: dict[str, Any], status: int, found: set[tuple[str, str]]
) -> None:
    """All that is wrong is said at once, each with its place in the request."""

    async def scene(client: Any) -> None:
        answer = await client.post(path, json=body)
        assert status == answer.status_code
        told = answer.json()
        assert told["message"]
        assert found <= {(each["code"], each["place"]) for each in told["violations"]}
        assert all(each["message"] for each in told["violations"])

    memory(scene)


@pytest.mark.parametrize("wrong", [{"after": "nonsense"}, {"limit": 0}, {"state": "nonsense"}])
def test_a_wrong_question_is_answered_alike(memory: Play, wrong: dict[str, Any]) -> None:
    """Cursors, limits and states are checked too."""

    async def scene(client: Any) -> None:
        answer = await client.get("/orders", params=wrong)
        assert (422, list(wrong)) == (answer.status_code, [v["place"] for v in answer.json()["violations"]])

    memory(scene)


def test_a_key_that_is_no_id_is_refused(memory: Play) -> None:
    """A key is stored like any id."""

    async def scene(client: Any) -> None:
        answer = await client.post("/orders", json=TWO_CHAIRS, headers={"Idempotency-Key": "k" * 65})
        assert (422, "BAD_ID") == (answer.status_code, answer.json()["error"])

    memory(scene)


def test_a_database_that_does_not_answer_is_503(memory: Play) -> None:
    """Errors of the store are not the caller's fault, and may pass."""
    from tradecore import StoreError

    async def scene(client: Any) -> None:
        transport = client._transport

        class Silent:
            def __getattr__(self, name: str) -> Any:
                raise StoreError("The database does not answer.")

        transport.app.state.trade = Silent()
        answer = await client.get("/orders")
        assert (503, "STORE_ERROR") == (answer.status_code, answer.json()["error"])

    memory(scene)
