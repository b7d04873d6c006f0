"""
What 1C calls the settings of tradecore, for readers who come from there.

`None` says that 1C has no name for it. A test compares the keys with the code, so nothing can be forgotten. The names of
states, statuses, actions and other choices stand in the Russian catalogue.
"""

from collections.abc import Mapping

#: Field of `Settings` -> the option or setting of 1C that it stands for.
SETTINGS: Mapping[str, str | None] = {
    "order_usage": "Заказы клиентов: как счет / только со склада / со склада и под заказ",
    "default_status": "Статус заявки по умолчанию",
    "channel_status": "Статус заявки по умолчанию (настройка обмена с порталом)",
    "agreement_usage": "Использование соглашений с клиентами",
    "contract_usage": "Договоры с клиентами",
    "order_approval": "Согласование заказов клиентов",
    "execute_on_approval": None,
    "forbid_close_partly_shipped": "Не закрывать частично отгруженные заказы и заявки",
    "forbid_close_partly_paid": "Не закрывать частично оплаченные заказы и заявки",
    "close_with_cancellation_needs_controls": "Закрыт (с отменой неотработанных строк): доступность",
    "allocate_on_receipt": None,
    "separate_provisioning": "Обособленное обеспечение заказов",
    "allow_excess_separate": "Не контролировать превышение обособленного обеспечения",
    "fill": "Заполнить обеспечение: стратегия заполнения",
    "reserves": None,
    "price_kind": "Вид цен",
    "payment_terms_mode": "Условия и порядок оплаты: предоплата и/или кредит / произвольные этапы / шаблоны графиков",
    "stage_gating": None,
    "calendar": "Производственный календарь",
    "timezone": None,
    "attempts": None,
}
