from odoo import api, models


class SupportStaffThreadMixin(models.AbstractModel):
    """Documents that customers read, with a conversation that is for staff alone."""

    _name = "support.staff.thread.mixin"
    _description = "Conversation of Staff"

    @api.model
    def _is_open_to_customers(self):
        return False

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Let nobody but staff follow."""
        partners_sudo = self.env["res.partner"].sudo().browse(partner_ids or ())
        staff_ids = partners_sudo.filtered(lambda p: not p.partner_share).ids
        if not staff_ids:
            return True
        return super()._message_subscribe(
            staff_ids, subtype_ids, customer_ids=customer_ids
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Mail staff only: whoever else follows did so before this was closed."""
        found = super()._notify_get_recipients(message, msg_vals, **kwargs)
        return [recipient for recipient in found if not recipient["share"]]

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What staff write to each other is not for whoever reads the document."""
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        return dict.fromkeys(operations, "write")
