"""
Orders over HTTP: a small FastAPI application on AsyncTrade.

    pip install 'tradecore[async,postgres]' fastapi uvicorn
    TRADECORE_URL=postgresql+psycopg://user@host/shop uvicorn --app-dir examples fastapi_orders:app

Without TRADECORE_URL orders are kept in the SQLite file orders.db. A request with an `Idempotency-Key` header is
carried out once however often it is sent. What tradecore refuses becomes JSON with codes and places.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from tradecore import (
    Agreement,
    AsyncTrade,
    Conflict,
    Item,
    Money,
    NewStockLine,
    NotFound,
    OrderState,
    Partner,
    Price,
    PriceKind,
    Refused,
    SalesOrder,
    StoreError,
    TradeError,
    Warehouse,
)
from tradecore.convert import to_plain

Json = dict[str, Any]
Lines = Annotated[list[Json], Body(examples=[[{"item": "chair", "quantity": "2"}]])]

#: Which answer an error becomes; the first class it belongs to decides. What is missing here is a fault: 500.
STATUS: Mapping[type[TradeError], int] = {Refused: 422, NotFound: 404, Conflict: 409, StoreError: 503}

router = APIRouter()


def trade_of(request: Request, idempotency_key: Annotated[str | None, Header()] = None) -> AsyncTrade:
    """The application's trade, for a command that is carried out once if the request names a key."""
    trade: AsyncTrade = request.app.state.trade
    return trade.once(idempotency_key) if idempotency_key else trade


TradeOf = Annotated[AsyncTrade, Depends(trade_of)]


@router.post("/orders", status_code=201)
async def place(trade: TradeOf, customer: Annotated[str, Body()], lines: Lines) -> Json:
    """Place an order. Prices come from the price list, terms from the agreement."""
    return order_json(await trade.orders.place(customer=customer, warehouse="main", lines=lines))


@router.get("/orders")
async def find(trade: TradeOf, state: OrderState | None = None, after: str | None = None, limit: int = 20) -> Json:
    """A page of orders, the newest first; give `next` as `after` to get the following one."""
    page = await trade.orders.find(state=state, after=after, limit=limit, descending=True)
    return {"orders": [order_json(each) for each in page.items], "next": page.next}


@router.get("/orders/{order}")
async def get(trade: TradeOf, order: str) -> Json:
    """An order, why it is in its state, and what may be done with it."""
    why, options = await trade.orders.explain(order), await trade.orders.allowed(order)
    figures = {
        "total": why.total,
        "paid": why.paid,
        "shipped": why.shipped,
        "debt": why.shipped_debt,
        "overdue": why.overdue,
    }
    return {
        **order_json(why.order),
        "because": why.because,
        "figures": to_plain(figures),
        "allowed": [each.command for each in options if each.allowed],
    }


@router.post("/orders/{order}/execution")
async def execute(trade: TradeOf, order: str) -> Json:
    """Start the execution of an order: its goods are reserved as far as there are any."""
    return order_json(await trade.orders.execute(order, fill=True))


@router.post("/orders/{order}/payments", status_code=201)
async def pay(trade: TradeOf, order: str, amount: Annotated[str, Body()], currency: Annotated[str, Body()]) -> Json:
    """Receive money for an order. The amount is a string: JSON's numbers are not exact."""
    payment = await trade.payments.receive(order=order, amount=Money(amount, currency))
    return {"id": payment.id, "number": payment.number, "amount": to_plain(payment.money)}


@router.post("/orders/{order}/shipments", status_code=201)
async def ship(trade: TradeOf, order: str) -> Json:
    """Ship all that is ready."""
    shipment = await trade.orders.ship(order)
    return {"id": shipment.id, "number": shipment.number, "lines": to_plain(shipment.lines)}


def order_json(order: SalesOrder) -> Json:
    """What a list shows of an order."""
    plain: Json = to_plain(order)
    return {name: plain[name] for name in ("id", "number", "at", "customer", "state", "total", "paid", "lines")}


async def refused(_: Request, error: Exception) -> JSONResponse:
    """The answer to an error of tradecore."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    violations = error.violations if isinstance(error, Refused) else ()
    content = {
        "error": getattr(error, "code", "INTERNAL"),
        "message": str(error),
        "violations": [{"code": each.code, "place": each.place, "message": each.message} for each in violations],
    }
    return JSONResponse(content, status)


async def malformed(_: Request, error: Exception) -> JSONResponse:
    """The answer to a request that does not fit its function, in the same shape."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    violations = [
        {"code": "WRONG_TYPE", "place": ".".join(map(str, each["loc"][1:])), "message": each["msg"]} for each in found
    ]
    return JSONResponse({"error": "WRONG_TYPE", "message": "Malformed request.", "violations": violations}, 422)


async def stock_the_shop(trade: AsyncTrade) -> None:
    """Give an empty store something to sell. The keys make it happen once, however many processes start."""
    records = [
        Warehouse(id="main", name="Main warehouse"),
        Partner(id="acme", name="Acme Offices"),
        Item(id="chair", name="Office chair"),
        Item(id="desk", name="Desk"),
        PriceKind(id="retail", name="Retail", currency="EUR"),
        Price.of("retail", "chair", Decimal("49.00"), date(2026, 1, 1)),
        Price.of("retail", "desk", Decimal("180.00"), date(2026, 1, 1)),
        Agreement(id="standard", name="All before shipment", price_kind="retail"),
    ]
    await trade.once("the shop's records").catalog.save(records)
    goods = [NewStockLine(item="chair", quantity=100), NewStockLine(item="desk", quantity=20)]
    await trade.once("the shop's stock").stock_receipts.receive(warehouse="main", lines=goods)


def create_app(url: str, tenant: str = "main") -> FastAPI:
    """The application over the store of a URL, which is opened when the application starts and closed when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncTrade.open(url, tenant=tenant) as trade:
            await trade.init()
            await stock_the_shop(trade)
            app.state.trade = trade
            yield

    app = FastAPI(title="Orders", lifespan=lifespan)
    app.add_exception_handler(TradeError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.include_router(router)
    return app


app = create_app(os.environ.get("TRADECORE_URL", "sqlite+aiosqlite:///orders.db"))
