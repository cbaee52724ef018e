from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed

from ...tools.form import form_values

SCOPE = "support-notifications"
LINK_LIFETIME = timedelta(days=7)


class HelpdeskTicket(models.Model):
    """Notifications for people without a login, who confirm their address first.

    Anybody can type anybody's address: so the box on the form only sends a mail, and
    its link leads to the button that subscribes.
    """

    _inherit = "helpdesk.ticket"

    wants_notifications = fields.Boolean(
        string="Asked for notifications",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The sender ticked the box for the support notifications. The address is "
        "on the list once the link of a mail was used.",
    )

    @api.model
    def _get_public_notification_text(self):
        """Return what people without a login may agree to, if there is a list.

        :rtype: support.consent.text
        """
        texts = self.env["support.consent.text"]
        if not self.env["support.access.mail"]._offers_notifications():
            return texts
        return texts._get_current("notifications")

    def _ask_for_notifications(self):
        """Mail the contact of a ticket the link that subscribes, if it was wanted."""
        self.ensure_one()
        contact = self.partner_id
        template = self.env.ref(
            "customer_portal_addon.mail_template_notifications",
            raise_if_not_found=False,
        )
        wants = self.wants_notifications and contact
        if template and wants and not contact.support_is_subscribed:
            token = hash_sign(
                self.sudo().env,
                SCOPE,
                [self.id, contact.id, contact.email_normalized],
                expiration=LINK_LIFETIME,
            )
            url = f"{self.get_base_url()}/support/notifications#token={token}"
            self._mail_reader(
                template, contact, is_verified=False, notifications_url=url
            )

    @api.model
    def _read_notification_link(self, token):
        """Return the ticket and the contact of a link, with all rights.

        :return: None for a link that doesn't work (any more)
        :rtype: tuple
        """
        try:
            token = form_values.clean_text(token)
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except ValueError:  # not even the form of a token
            return None
        if not values:
            return None
        ticket_sudo = self.sudo().browse(values[0]).exists()
        contact_sudo = ticket_sudo.partner_id
        is_same = contact_sudo.id == values[1]
        if not is_same or contact_sudo.email_normalized != values[2]:
            return None
        return ticket_sudo, contact_sudo

    @api.model
    def _subscribe_by_link(self, token):
        """Put the reader of our mail on the notification list.

        :return: whether the link works
        :rtype: bool
        """
        found = self._read_notification_link(token)
        if not found:
            return False
        ticket_sudo, contact_sudo = found
        company_sudo = ticket_sudo.company_id
        if not contact_sudo.with_company(company_sudo).support_is_subscribed:
            contact_sudo._subscribe_to_support_list(company_sudo)
            text_sudo = self._get_public_notification_text().sudo()
            if text_sudo:
                self.env["support.consent"]._log(
                    text_sudo,
                    contact_sudo,
                    "public_form",
                    given_at=ticket_sudo.create_date,
                    lang=ticket_sudo.sender_lang,
                )
        return True
