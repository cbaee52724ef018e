from odoo import api, models
from odoo.exceptions import AccessError

# What portal users may say of a message that they post by a method's name
OWN_WORDS = {
    *("attachment_ids", "attachments", "author_id", "body", "body_is_html"),
    *("email_add_signature", "email_from", "email_layout_xmlid", "message_type"),
    *("parent_id", "partner_ids", "rating_feedback", "rating_id", "rating_value"),
    *("subject", "subtype_id", "subtype_xmlid"),
}
OWN_TYPES = ("comment", "notification")


class MailThread(models.AbstractModel):
    """What portal users may do to the conversation of any document over RPC.

    Odoo's pages post with the rights of the system, after their own checks, and so do
    ours. What comes here with the rights of a portal user was called by its name, or is
    done by another app in the user's name. Odoo would let whoever follows a document
    write to everybody from there.
    """

    _inherit = "mail.thread"

    # ---------------------------------------------------
    # Posting
    # ---------------------------------------------------

    def message_post(self, **kwargs):
        if self._is_customer_call():
            self._check_customer_message(kwargs)
        return super().message_post(**kwargs)

    def message_post_with_source(self, source_ref, **kwargs):
        if self._is_customer_call():
            self._check_customer_may_write()
        return super().message_post_with_source(source_ref, **kwargs)

    def message_notify(self, **kwargs):
        if self._is_customer_call():
            self._check_customer_message(kwargs)
        return super().message_notify(**kwargs)

    def message_mail_with_source(self, source_ref, **kwargs):
        self._refuse_customers()
        return super().message_mail_with_source(source_ref, **kwargs)

    def message_new(self, msg_dict, custom_values=None):
        self._refuse_customers()
        return super().message_new(msg_dict, custom_values=custom_values)

    def message_update(self, msg_dict, update_vals=None):
        self._refuse_customers()
        return super().message_update(msg_dict, update_vals=update_vals)

    def _check_customer_message(self, values):
        """Refuse a message in somebody else's name, or to somebody from outside.

        :param dict values: as for ``message_post``
        :raise AccessError:
        """
        self._check_customer_may_write()
        user_sudo = self.env.user.sudo()
        own = {
            "author_id": user_sudo.partner_id.id,
            "email_from": user_sudo.email_formatted,
        }
        said = {name: value for name, value in values.items() if value}
        if (
            said.keys() - OWN_WORDS
            or any(said.get(name, value) != value for name, value in own.items())
            or said.get("message_type", "comment") not in OWN_TYPES
        ):
            raise self._make_customer_error()
        if not self.env["ir.http"]._is_page_request():
            self._check_customer_recipients(said.get("partner_ids"))

    def _check_customer_may_write(self):
        """Refuse to write where neither a page nor a right lets the user.

        That somebody follows a document is no right here.
        """
        if not (self and self._is_open_to_customers()):
            raise self._make_customer_error()
        groups = self._mail_group_by_operation_for_mail_message_operation("create")
        for operation, records in groups.items():
            records.check_access(operation)

    def _check_customer_recipients(self, partner_ids):
        """Refuse to write to others than our team and who takes part already."""
        recipients_sudo = self.env["res.partner"].sudo().browse(partner_ids or ())
        present_sudo = self.sudo().message_partner_ids | self.env.user.partner_id.sudo()
        if (recipients_sudo - present_sudo).filtered("partner_share"):
            raise self._make_customer_error()

    # ---------------------------------------------------
    # Following
    # ---------------------------------------------------

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if partner_ids and self._is_customer_call():
            is_self = set(partner_ids) == set(self.env.user.partner_id.ids)
            if not (is_self and self._is_open_to_customers()):
                raise self._make_customer_error()
        return super().message_subscribe(partner_ids, subtype_ids)

    def message_get_followers(self, *args, **kwargs):
        if not self._is_open_to_customers():
            self._refuse_customers()
        return super().message_get_followers(*args, **kwargs)

    # ---------------------------------------------------
    # Who calls
    # ---------------------------------------------------

    @api.model
    def _is_open_to_customers(self):
        """Tell whether portal users may write here, and follow, by a method's name."""
        return True

    @api.model
    def _is_customer_call(self):
        """Tell whether this is done with the rights of a portal user."""
        return not self.env.su and self.env.user._is_support_gated()

    @api.model
    def _refuse_customers(self):
        """:raise AccessError: for portal users"""
        if self._is_customer_call():
            raise self._make_customer_error()

    @api.model
    def _make_customer_error(self):
        return AccessError(
            self.env._("Please use the pages of the portal to write messages.")
        )
