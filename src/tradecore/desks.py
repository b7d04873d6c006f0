"""The desks of a trade value: names for commands and queries, nothing more. Each works in both colours."""

from tradecore.catalog import (
    Agreement,
    CancellationReason,
    Contract,
    Item,
    OrderTemplate,
    Partner,
    PaymentSchedule,
    Price,
    PriceKind,
    Warehouse,
)
from tradecore.colours import C, Desk, bulk, command, query, stream, sweep
from tradecore.commands import (
    closing,
    debts,
    journal,
    marking,
    orders,
    other_payments,
    outgoing,
    ownership,
    payments,
    provisioning,
    purchasing,
    queries,
    queueing,
    reference,
    related,
    reserves,
    separate,
    shipping,
    statuses,
)
from tradecore.documents import (
    ConsignmentReport,
    GoodsReceipt,
    IncomingPayment,
    OutgoingPayment,
    OwnershipTransfer,
    PurchaseOrder,
    Reassignment,
    SalesOrder,
    SalesReturn,
    Shipment,
    StockAllocation,
    StockReceipt,
)


class Orders(Desk[C]):
    """Sales orders, from placing to closing."""

    place = command(orders.place_order)
    post = command(orders.post_order)
    edit = command(orders.edit_order)
    approve = command(orders.approve_order)
    execute = command(orders.execute_order)
    set_status = command(statuses.set_status)
    fill = command(provisioning.fill_order)
    provision = command(provisioning.provision_order)
    release = command(provisioning.release_order)
    release_to_ship = command(provisioning.release_to_ship)
    ship = command(shipping.ship_order)
    cancel = command(closing.cancel_lines)
    close = command(closing.close_order)
    close_with_cancellation = command(closing.close_with_cancellation)
    reopen = command(statuses.reopen_order)
    mark = command(marking.mark_order)
    unmark = command(marking.unmarker(SalesOrder))

    approve_many = bulk(orders.approve_order)
    execute_many = bulk(orders.execute_order)
    set_status_many = bulk(statuses.set_status)
    release_many = bulk(provisioning.release_order)
    close_many = bulk(closing.close_order)
    close_many_with_cancellation = bulk(closing.close_with_cancellation)
    mark_many = bulk(marking.mark_order)

    expire_reserve = command(reserves.expire_reserve)
    expire_reserves = sweep(reserves.expired_reserves, reserves.expire_reserve)
    due_reminders = query(reserves.due_reminders)

    get = query(queries.getter(SalesOrder))
    find = query(queries.find_orders)
    stream = stream(queries.find_orders)
    overview = query(queries.overview_of(queries.find_orders))
    ready_to_ship = query(queries.ready_to_ship)
    explain = query(queries.explain_order)
    allowed = query(queries.allowed_commands)
    documents = query(related.related_to(SalesOrder))
    history = query(queries.history_for(SalesOrder))


class Shipments(Desk[C]):
    """Goods and services handed over to customers."""

    draft = command(shipping.draft_shipment)
    post = command(shipping.post_shipment)
    unpost = command(shipping.unpost_shipment)
    mark = command(marking.marker(Shipment, shipping.unpost_shipment))
    unmark = command(marking.unmarker(Shipment))
    redate = command(shipping.redate_shipment)
    get = query(queries.getter(Shipment))
    find = query(queries.finder(Shipment, "at"))
    stream = stream(queries.finder(Shipment, "at"))
    journal = query(journal.sales_journal)
    documents = query(related.related_to(Shipment))
    history = query(queries.history_for(Shipment))


class Ownership(Desk[C]):
    """Goods in transit, and how they become the customers'."""

    transfer = command(ownership.transfer_ownership)
    post = command(ownership.post_transfer)
    unpost = command(ownership.unpost_transfer)
    mark = command(marking.marker(OwnershipTransfer, ownership.unpost_transfer))
    unmark = command(marking.unmarker(OwnershipTransfer))
    in_transit = query(ownership.goods_in_transit)
    get = query(queries.getter(OwnershipTransfer))
    find = query(queries.finder(OwnershipTransfer, "at"))
    stream = stream(queries.finder(OwnershipTransfer, "at"))
    documents = query(related.related_to(OwnershipTransfer))
    history = query(queries.history_for(OwnershipTransfer))


class Consignments(Desk[C]):
    """Goods held by consignees, and what they report as sold."""

    report = command(ownership.report_sales)
    post = command(ownership.post_report)
    unpost = command(ownership.unpost_report)
    mark = command(marking.marker(ConsignmentReport, ownership.unpost_report))
    unmark = command(marking.unmarker(ConsignmentReport))
    held = query(ownership.goods_at_consignees)
    get = query(queries.getter(ConsignmentReport))
    find = query(queries.finder(ConsignmentReport, "at"))
    stream = stream(queries.finder(ConsignmentReport, "at"))
    documents = query(related.related_to(ConsignmentReport))
    history = query(queries.history_for(ConsignmentReport))


class Returns(Desk[C]):
    """Goods that came back from customers."""

    receive = command(shipping.return_goods)
    post = command(shipping.post_return)
    unpost = command(shipping.unpost_return)
    mark = command(marking.marker(SalesReturn, shipping.unpost_return))
    unmark = command(marking.unmarker(SalesReturn))
    get = query(queries.getter(SalesReturn))
    find = query(queries.finder(SalesReturn, "at"))
    stream = stream(queries.finder(SalesReturn, "at"))
    documents = query(related.related_to(SalesReturn))
    history = query(queries.history_for(SalesReturn))


class Purchases(Desk[C]):
    """Purchase orders: goods ordered from suppliers."""

    place = command(purchasing.order_goods)
    post = command(purchasing.post_purchase)
    unpost = command(purchasing.unpost_purchase)
    mark = command(marking.marker(PurchaseOrder, purchasing.unpost_purchase))
    unmark = command(marking.unmarker(PurchaseOrder))
    get = query(queries.getter(PurchaseOrder))
    find = query(queries.finder(PurchaseOrder, "at"))
    stream = stream(queries.finder(PurchaseOrder, "at"))
    documents = query(related.related_to(PurchaseOrder))
    history = query(queries.history_for(PurchaseOrder))


class Receipts(Desk[C]):
    """Goods receipts: goods that came from suppliers."""

    receive = command(purchasing.receive_goods)
    post = command(purchasing.post_receipt)
    unpost = command(purchasing.unpost_receipt)
    mark = command(marking.marker(GoodsReceipt, purchasing.unpost_receipt))
    unmark = command(marking.unmarker(GoodsReceipt))
    redate = command(purchasing.redate_receipt)
    get = query(queries.getter(GoodsReceipt))
    find = query(queries.finder(GoodsReceipt, "at"))
    stream = stream(queries.finder(GoodsReceipt, "at"))
    documents = query(related.related_to(GoodsReceipt))
    history = query(queries.history_for(GoodsReceipt))


class StockReceipts(Desk[C]):
    """Stock receipts: opening balances and surpluses."""

    receive = command(purchasing.receive_stock)
    post = command(purchasing.post_stock_receipt)
    unpost = command(purchasing.unpost_stock_receipt)
    mark = command(marking.marker(StockReceipt, purchasing.unpost_stock_receipt))
    unmark = command(marking.unmarker(StockReceipt))
    redate = command(purchasing.redate_stock_receipt)
    get = query(queries.getter(StockReceipt))
    find = query(queries.finder(StockReceipt, "at"))
    stream = stream(queries.finder(StockReceipt, "at"))
    history = query(queries.history_for(StockReceipt))


class Stock(Desk[C]):
    """What is in the warehouses, and who waits for it."""

    balance = query(queries.stock_balance)
    balances = query(queries.stock_balances)
    queue = query(queueing.waiting_lines)
    supply = command(queueing.supply_line)
    allocate = command(queueing.allocate_stock)
    allocation = query(queries.getter(StockAllocation))
    allocations = query(queries.finder(StockAllocation, "at"))


class Separate(Desk[C]):
    """What is bought for one order and for nothing else: what is to be bought, what has come, what is left over."""

    needs = query(separate.separate_needs)
    stock = query(separate.separate_stock)
    free = command(separate.free_separate)
    move = command(separate.move_separate)
    unpost = command(separate.unpost_reassignment)
    mark = command(marking.marker(Reassignment, separate.unpost_reassignment))
    unmark = command(marking.unmarker(Reassignment))
    get = query(queries.getter(Reassignment))
    find = query(queries.finder(Reassignment, "at"))
    stream = stream(queries.finder(Reassignment, "at"))
    history = query(queries.history_for(Reassignment))


class Payments(Desk[C]):
    """Money that comes in: from customers, from intermediaries, from elsewhere."""

    receive = command(payments.receive_payment)
    payout = command(other_payments.receive_payout)
    receive_other = command(other_payments.receive_other)
    post = command(payments.post_payment)
    unpost = command(payments.unpost_payment)
    mark = command(marking.marker(IncomingPayment, payments.unpost_payment))
    unmark = command(marking.unmarker(IncomingPayment))
    allocate = command(payments.allocate_payment)
    get = query(queries.getter(IncomingPayment))
    find = query(queries.finder(IncomingPayment, "at"))
    stream = stream(queries.finder(IncomingPayment, "at"))
    documents = query(related.related_to(IncomingPayment))
    history = query(queries.history_for(IncomingPayment))


class Outgoing(Desk[C]):
    """Money that goes out: refunds to customers, payments to suppliers and others."""

    refund = command(outgoing.refund_payment)
    pay = command(outgoing.pay_supplier)
    pay_other = command(other_payments.pay_other)
    post = command(outgoing.post_outgoing)
    unpost = command(outgoing.unpost_outgoing)
    mark = command(marking.marker(OutgoingPayment, outgoing.unpost_outgoing))
    unmark = command(marking.unmarker(OutgoingPayment))
    allocate = command(outgoing.allocate_outgoing)
    get = query(queries.getter(OutgoingPayment))
    find = query(queries.finder(OutgoingPayment, "at"))
    stream = stream(queries.finder(OutgoingPayment, "at"))
    documents = query(related.related_to(OutgoingPayment))
    history = query(queries.history_for(OutgoingPayment))


class Reference(Desk[C]):
    """Reference data kept in the store."""

    save = command(reference.save_records)
    item = query(queries.getter(Item))
    items = query(queries.finder(Item, "id"))
    partner = query(queries.getter(Partner))
    partners = query(queries.finder(Partner, "id"))
    warehouse = query(queries.getter(Warehouse))
    warehouses = query(queries.finder(Warehouse, "id"))
    price_kind = query(queries.getter(PriceKind))
    price_kinds = query(queries.finder(PriceKind, "id"))
    prices = query(queries.finder(Price, "id"))
    agreement = query(queries.getter(Agreement))
    agreements = query(queries.finder(Agreement, "id"))
    schedule = query(queries.getter(PaymentSchedule))
    schedules = query(queries.finder(PaymentSchedule, "id"))
    contract = query(queries.getter(Contract))
    contracts = query(queries.finder(Contract, "id"))
    order_template = query(queries.getter(OrderTemplate))
    order_templates = query(queries.finder(OrderTemplate, "id"))
    reasons = query(queries.finder(CancellationReason, "id"))


class Partners(Desk[C]):
    """Where we stand with partners."""

    balance = query(queries.partner_balance)
    debts = query(debts.partner_debts)
