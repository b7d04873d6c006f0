"""
What 1C calls the things that tradecore names in English: for readers who come from there.

`None` or a dash says that 1C has no name for it. A test compares the keys with the code, so nothing can be forgotten.
"""

from collections.abc import Mapping

from tradecore.documents import OrderState, OrderStatus, OrderUsage, ProvisioningAction

STATES: Mapping[OrderState, str] = {
    OrderState.NOT_CONTROLLED: "-",
    OrderState.AWAITING_APPROVAL: "Ожидается согласование",
    OrderState.AWAITING_ADVANCE: "Ожидается аванс (до обеспечения)",
    OrderState.READY_TO_PROVISION: "Готов к обеспечению",
    OrderState.AWAITING_PREPAYMENT: "Ожидается предоплата (до отгрузки)",
    OrderState.AWAITING_PROVISIONING: "Ожидается обеспечение",
    OrderState.READY_TO_SHIP: "Готов к отгрузке",
    OrderState.SHIPPING: "В процессе отгрузки",
    OrderState.AWAITING_PAYMENT: "Ожидается оплата (после отгрузки)",
    OrderState.READY_TO_CLOSE: "Готов к закрытию",
    OrderState.CLOSED: "Закрыт",
}

STATUSES: Mapping[OrderStatus, str] = {
    OrderStatus.ON_APPROVAL: "На согласовании",
    OrderStatus.IN_RESERVE: "В резерве",
    OrderStatus.TO_SHIP: "К отгрузке",
    OrderStatus.TO_EXECUTE: "К выполнению",
    OrderStatus.CLOSED: "Закрыт",
}

USAGES: Mapping[OrderUsage, str] = {
    OrderUsage.AS_BILL: "заказ как счет",
    OrderUsage.STOCK_ONLY: "только со склада",
    OrderUsage.STOCK_AND_TO_ORDER: "со склада и под заказ",
}

ACTIONS: Mapping[ProvisioningAction, str] = {
    ProvisioningAction.NONE: "Не обеспечивать",
    ProvisioningAction.TO_PROVISION: "К обеспечению",
    ProvisioningAction.RESERVE: "Резервировать на складе",
    ProvisioningAction.RESERVE_BY_DATE: "Резервировать к дате отгрузки",
    ProvisioningAction.PROVISION_SEPARATELY: "Обеспечивать обособленно",
    ProvisioningAction.SHIP: "Отгрузить",
    ProvisioningAction.SHIP_SEPARATELY: "Отгрузить обособленно",
}

#: Field of `Settings` -> the option or setting of 1C that it stands for.
SETTINGS: Mapping[str, str | None] = {
    "order_usage": "Заказы клиентов: как счет / только со склада / со склада и под заказ",
    "default_status": "Статус заявки по умолчанию",
    "channel_status": "Статус заявки по умолчанию (настройка обмена с порталом)",
    "agreement_usage": "Использование соглашений с клиентами",
    "order_approval": "Согласование заказов клиентов",
    "execute_on_approval": None,
    "forbid_close_partly_shipped": "Не закрывать частично отгруженные заказы и заявки",
    "forbid_close_partly_paid": "Не закрывать частично оплаченные заказы и заявки",
    "allocate_on_receipt": None,
    "fill": "Заполнить обеспечение: стратегия заполнения",
    "reserves": None,
    "price_kind": "Вид цен",
    "payment_terms_mode": "Условия и порядок оплаты: предоплата и/или кредит / произвольные этапы / шаблоны графиков",
    "stage_gating": None,
    "calendar": "Производственный календарь",
    "timezone": None,
    "attempts": None,
}
