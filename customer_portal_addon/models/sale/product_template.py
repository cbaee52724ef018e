from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    support_minutes = fields.Integer(
        string="Support minutes",
        help="Whoever buys one gets so many minutes of prepaid support. 0: it is no "
        "support package.",
    )
    support_validity_months = fields.Integer(
        string="Minutes valid for months",
        help="Prepaid minutes expire so long after the order. 0: never.",
    )
    support_published = fields.Boolean(
        string="Offered in the portal",
        help="Shown with its price at /support/packages, for everybody to see and for "
        "your customers to order.",
    )
    support_contract_months = fields.Integer(
        string="Extends the contract by months",
        help="Whoever buys one has the support contract extended so long. 0: it "
        "extends none.",
    )

    _support_not_negative = models.Constraint(
        "CHECK(support_minutes >= 0 AND support_validity_months >= 0"
        " AND support_contract_months >= 0)",
        "Minutes and months can't be negative.",
    )

    # ---------------------------------------------------
    # The page of packages
    # ---------------------------------------------------

    @api.model
    def _find_support_packages(self):
        """Return the packages that are offered to everybody, the smallest first.

        With all rights: neither visitors nor portal users may read products. Nothing
        but what is published is found.

        :rtype: product.product
        """
        found_sudo = (
            self.env["product.product"]
            .sudo()
            .search(
                [
                    ("support_minutes", ">", 0),
                    ("support_published", "=", True),
                    ("sale_ok", "=", True),
                    ("company_id", "in", [False, self.env.company.id]),
                ]
            )
        )
        return found_sudo.sorted(lambda product: (product.support_minutes, product.id))

    @api.model
    def _get_support_packages(self):
        """Return what the page of packages shows to whoever looks at it.

        The prices are those of the order that somebody would make now: their
        pricelist, their taxes.

        :return: ``packages``, ``unit`` (what support costs without one, None if that
            isn't sold), ``unit_size``, and ``access``: ``order``, ``login`` or
            ``ask`` (somebody else has to order)
        :rtype: dict
        """
        company_sudo = self.env.company.sudo()
        customer_sudo = self.env.user.sudo().partner_id.commercial_partner_id
        unit_minutes = company_sudo._get_unit_minutes(customer_sudo)
        orders = self.env["sale.order"]
        packages_sudo = self._find_support_packages()
        unit_sudo = company_sudo.support_unit_product_id
        order_sudo = orders._price_support(packages_sudo | unit_sudo)
        rows = {
            line_sudo.product_id.id: line_sudo._get_price_values(
                line_sudo.support_minutes_each or unit_minutes
            )
            for line_sudo in order_sudo.order_line
        }
        return {
            "packages": [
                {**rows[package.id], **package._get_support_package_values()}
                for package in packages_sudo
            ],
            "unit": rows.get(unit_sudo.id),
            "unit_size": self.env["support.credit.account"]._format_minutes(
                unit_minutes
            ),
            "access": orders._get_package_access(),
        }
