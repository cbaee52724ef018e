from . import (
    support_offer_source_mixin,
    product_template,
    product_product,
    support_offer,
    sale_order,
    sale_order_offer,
    sale_order_package,
    sale_order_line,
    account_move,
    payment_transaction,
)
