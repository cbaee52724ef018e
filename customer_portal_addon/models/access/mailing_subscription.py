from odoo import api, fields, models
from odoo.tools import SQL


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    # Who is on a list that is required may use support. Odoo lets visitors put any
    # address on any list, and people back on a list they have left: not on such a list.

    is_kept_out = fields.Boolean(
        string="Not confirmed",
        readonly=True,
        help="A visitor of the website wanted this address on the list. As the list "
        "is required for support, that says nothing about the address.",
    )

    @api.model
    def _get_entries_query(self):
        """Return the one rule for who is on a list: by addresses, not by entries.

        A row per ``email_normalized`` and ``list_id``. ``is_on_list`` is false of who
        has left; no row: never was on it. Only what the gate decides by counts.

        :rtype: SQL
        """
        names = ("contact_id", "is_kept_out", "list_id", "opt_out")
        address = self.env["mailing.contact"]._fields["email_normalized"]
        return SQL(
            """
            SELECT subscriber.email_normalized, subscription.list_id,
                   -- whoever has left has left, however often the address is there
                   BOOL_AND(subscription.opt_out IS NOT TRUE) AS is_on_list
              FROM mailing_contact subscriber
              JOIN mailing_subscription subscription
                ON subscription.contact_id = subscriber.id
             WHERE subscription.is_kept_out IS NOT TRUE
             GROUP BY subscriber.email_normalized, subscription.list_id
            """,
            to_flush=[*map(self._fields.get, names), address],
        )

    @api.model_create_multi
    def create(self, vals_list):
        out_of_reach = self._get_lists_out_of_reach()
        for vals in vals_list:
            if vals.get("list_id") in out_of_reach.ids:
                vals.update(opt_out=True, is_kept_out=True)
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("opt_out", True):
            return super().write(vals)
        out_of_reach = self._get_lists_out_of_reach()
        kept = self.filtered(lambda entry: entry.list_id in out_of_reach)
        others = {key: value for key, value in vals.items() if key != "opt_out"}
        super(MailingSubscription, kept).write(others)
        return super(MailingSubscription, self - kept).write(
            {**vals, "is_kept_out": False}
        )

    @api.model
    def _get_lists_out_of_reach(self):
        """Return the lists that the current user can't subscribe anybody to.

        Our own doors can: they know whose address it is.

        :rtype: mailing.list
        """
        if not self.env.user._is_outsider() or self.env.context.get(
            "support_subscribe"
        ):
            return self.env["mailing.list"]
        return self.env["res.company"]._get_required_lists()
