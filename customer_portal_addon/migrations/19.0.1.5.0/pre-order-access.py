from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Say of each order whether it brings support, without loading all of them."""
    if not column_exists(cr, "sale_order", "is_support_offer"):
        return
    cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS is_support_order bool")
    cr.execute(
        """
        UPDATE sale_order
           SET is_support_order = TRUE
         WHERE is_support_offer
            OR settled_account_id IS NOT NULL
            OR id IN (SELECT line.order_id
                        FROM sale_order_line line
                        LEFT JOIN product_product product
                               ON product.id = line.product_id
                        LEFT JOIN product_template template
                               ON template.id = product.product_tmpl_id
                       WHERE line.support_unit_minutes > 0
                          OR line.support_settled_minutes <> 0
                          OR template.support_contract_months > 0)
        """
    )
