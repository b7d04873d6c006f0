"""What people read, in three languages."""

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, a_line, a_shop, a_stage, an_order, executed, placed, reserved
from tradecore import (
    AgreementUsage,
    Conflict,
    EventType,
    Invalid,
    KeyReused,
    Money,
    NotFound,
    OrderState,
    OrderStatus,
    OrderUsage,
    Percent,
    ProvisioningAction,
    Quantity,
    Refused,
    ReserveEnd,
    ReservePolicy,
    Settings,
    StageKind,
    Violation,
    say,
    say_setting,
)
from tradecore.errors import Code, Unavailable, violation
from tradecore.rules.approval import deviations
from tradecore.rules.reserves import remind
from tradecore.values.record import Ref
from tradecore.values.sentences import Listed, Sentence


@pytest.mark.parametrize(
    ("thing", "en", "uk", "ru"),
    [
        (OrderStatus.ON_APPROVAL, "On approval", "На погодженні", "На согласовании"),
        (OrderState.AWAITING_ADVANCE, None, "Очікується аванс (до забезпечення)", "Ожидается аванс (до обеспечения)"),
        (ProvisioningAction.NONE, "Do not provision", "Не забезпечувати", "Не обеспечивать"),
        (AgreementUsage.NONE, "Do not use", "Не використовувати", "Не использовать"),
        (ProvisioningAction.SHIP_SEPARATELY, "Ship separately", "Відвантажити відокремлено", "Отгрузить обособленно"),
        (StageKind.ADVANCE, None, "Аванс (до забезпечення)", "Аванс (до обеспечения)"),
        (EventType.ORDER_PAID, "Order paid", "За замовленням надійшла оплата", "По заказу поступила оплата"),
        (Money("1234.50", "UAH"), "1234.50 UAH", "1234,50 UAH", "1234,50 UAH"),
        (Quantity("2.5", "kg"), "2.5 kg", "2,5 kg", "2,5 kg"),
        (Percent("12.5"), "12.5 %", "12,5 %", "12,5 %"),
        (Decimal("1E+3"), "1000", "1000", "1000"),
        (date(2026, 3, 5), "2026-03-05", "05.03.2026", "05.03.2026"),
        (datetime(2026, 3, 5, 9, 7, tzinfo=UTC), "2026-03-05 09:07:00+00:00", "05.03.2026 09:07", "05.03.2026 09:07"),
        (an_order(), "sales order SO-1", "замовлення клієнта SO-1", "заказ клиента SO-1"),
        (Ref("shipment", "x"), "shipment x", "відвантаження x", "реализация x"),
        ("as it is", "as it is", "as it is", "as it is"),
        (NotFound("item", "x"), "No item with the id 'x'.", "Не знайдено: номенклатура «x».", None),
        (Conflict(), None, None, "Кто-то вас опередил; посмотрите данные и повторите."),
        (KeyReused((), "k"), None, "Ключ k уже використано з іншими даними.", None),
        (Unavailable("down"), "down", "down", "down"),
    ],
)
def test_things_are_said(thing: object, en: str | None, uk: str | None, ru: str | None) -> None:
    """Choices by their kind, amounts and days as they are written there."""
    for language, expected in (("en", en), ("uk", uk), ("ru", ru)):
        assert expected in (None, say(thing, language))


def test_a_refusal_says_every_reason() -> None:
    """With choices inside, and a capital letter at its beginning; English is what `message` says."""
    status = violation(Code.NOT_IN_EXECUTION, order="SO-1", status=OrderStatus.ON_APPROVAL)
    unposted = violation(Code.NOT_POSTED, document=an_order())
    refused = Refused((status, unposted))
    assert f"{status.message} {unposted.message}" == say(refused)
    assert say(refused, "uk").startswith("Замовлення SO-1 має статус «На погодженні»; ")
    assert say(refused, "uk").endswith(" Замовлення клієнта SO-1: не проведено.")
    assert say(refused, "ru").endswith(" Заказ клиента SO-1: не проведено.")


def test_parts_of_sentences_are_said() -> None:
    """Why an order needs approval, which documents stand on another, why settings contradict."""
    cheap = an_order(lines=[a_line(price=9, list_price=Decimal(10))], own_terms=True)
    why = Listed((each.why for each in deviations(cheap)), "; ")
    said = say(violation(Code.APPROVAL_REQUIRED, order="SO-1", why=why), "uk")
    assert (
        "Замовлення SO-1 потребує погодження: рядок 1 продається по 9, за угодою 10; "
        "етапи оплати відрізняються від угоди." == said
    )
    assert "строка 1 продается по 9, по соглашению 10" == say(deviations(cheap)[0], "ru")
    with pytest.raises(Invalid) as invalid:
        ReservePolicy(end=ReserveEnd.RELEASE)
    assert say(invalid.value, "uk").endswith("не вказано, коли резерв знімається.")


def test_codes_of_hosts_say_their_own_sentence() -> None:
    """There is no catalogue for them."""
    own = Violation("LIMIT", details={"limit": 5}, sentence="At most {limit}.")
    assert {"At most 5."} == {say(own, language) for language in ("en", "uk", "ru")}


@pytest.mark.parametrize("end", ReserveEnd)
def test_a_reminder_says_what_will_happen(end: ReserveEnd) -> None:
    """Amount, order and days are in it, in every language."""
    facts: dict[str, Any] = {} if end is ReserveEnd.BY_HAND else {"after_days": 2}
    policy = ReservePolicy(end=end, reason="unpaid" if end is ReserveEnd.CLOSE else None, **facts)
    order = an_order(
        lines=[a_line(quantity=3, provisions=(reserved(3),))], stages=(a_stage(StageKind.PREPAYMENT, 30, due=DAY),)
    )
    reminder = remind(order, None, policy, date(2026, 3, 3 if facts else 1))
    assert reminder is not None
    for language, amount, day in (("en", "30.00 EUR", "2026-03-02"), ("uk", "30,00 EUR", "02.03.2026")):
        assert all(part in say(reminder, language) for part in (amount, "SO-1", day))
    assert 3 == len({say(reminder, language) for language in ("en", "uk", "ru")})


def test_real_refusals_are_said_in_every_language() -> None:
    """Nothing a command tells falls back to English for want of a figure."""
    trade = a_shop(chair=1)
    order = executed(trade, chair=2)
    plans = [
        trade.orders.ship.plan(order.id),
        trade.orders.close.plan(order.id),
        trade.orders.approve.plan(order.id),
        trade.orders.cancel.plan(order.id, lines=[{"line": "9", "quantity": -1}]),
        trade.orders.execute.plan(placed(trade, chair=1).id, strategy={"rest": "ship"}),  # type: ignore[arg-type]  # wrong
        trade.stock.supply.plan(order.id, "1"),
        trade.orders.place.plan(customer="?", warehouse="?", lines=[{"item": "?", "quantity": 1}]),
    ]
    found = [each for plan in plans for each in plan.violations]
    assert len(found) > 8
    for each in found:
        assert say(each, "en") == each.message
        assert set("абвгд") & set(say(each, "uk").lower()), each
        assert set("абвгд") & set(say(each, "ru").lower()), each


def test_commands_are_said() -> None:
    """Those that `allowed` answers with, and those a refusal names."""
    trade = a_shop(chair=1)
    options = {each.command: each for each in trade.orders.allowed(placed(trade, chair=1).id)}
    assert ("Release to ship", "Разрешить отгрузку") == (
        say(options["release_to_ship"]),
        say(options["release_to_ship"], "ru"),
    )
    told = violation(Code.NOT_IN_USAGE, what="approve", usage=OrderUsage.AS_BILL, why=Sentence("a bill holds no goods"))
    assert (
        "Погодити: недоступно для замовлень із використанням «Замовлення як рахунок»: рахунок не резервує товарів."
        == say(told, "uk")
    )


def test_settings_have_names() -> None:
    """Those 1C gives them."""
    assert "Order usage" == say_setting("order_usage")
    assert "Не закривати частково оплачені замовлення та заявки" == say_setting("forbid_close_partly_paid", "uk")


def test_other_languages_are_refused() -> None:
    """With those there are."""
    with pytest.raises(Invalid) as refused:
        say(OrderStatus.CLOSED, "de")
    assert "'de' is not one of: en, uk, ru." == refused.value.violations[0].message


def test_sentences_are_strings() -> None:
    """Equal to their English text, and they survive a process boundary with their parts."""
    sentence = Sentence("line {line} at {price}", line="{x}", price=Decimal("1E+1"))
    listed = Listed([sentence, Ref("item", "chair")], "; ")
    assert ("line {x} at 10", "line {x} at 10; item chair") == (sentence, listed)
    again = pickle.loads(pickle.dumps(listed))  # noqa: S301  # our own bytes
    assert (listed, listed.parts, listed.by) == (again, again.parts, again.by)
    assert sentence.details == again.parts[0].details
    assert Settings().reserves.template
