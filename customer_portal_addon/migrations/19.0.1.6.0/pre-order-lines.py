from odoo.tools.sql import column_exists, rename_column

RENAMED = {
    "support_unit_minutes": "support_minutes_each",
    "support_unit_months": "support_validity_months",
}


def migrate(cr, version):
    """Keep what order lines say of minutes: a unit is what a shortfall is billed by."""
    for old, new in RENAMED.items():
        if not column_exists(cr, "sale_order_line", old):
            continue
        rename_column(cr, "sale_order_line", old, new)
        cr.execute(
            "UPDATE ir_model_fields SET name = %s"
            " WHERE model = 'sale.order.line' AND name = %s",
            [new, old],
        )
        cr.execute(
            "UPDATE ir_model_data SET name = %s"
            " WHERE module = 'customer_portal_addon' AND name = %s",
            [f"field_sale_order_line__{new}", f"field_sale_order_line__{old}"],
        )
