from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.files import pictures

TICKETS = "helpdesk.ticket"
# Odoo makes large pictures smaller when they arrive: it decodes what strangers send
KEPT_AS_SENT = {"image_no_postprocess": True, "support_kept_as_sent": True}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_access(self, operation):
        """Keep files of internal notes from portal users.

        Odoo lets whoever reads a ticket read all files filed below it, those of
        internal notes included. Here they get what the ticket shows them.
        """
        result = super()._check_access(operation)
        if self.env.su or not self.env.user._is_outsider():
            return result
        hidden = self._filter_hidden_ticket_files()
        if not hidden:
            return result
        if result:
            hidden |= result[0]
        return hidden, lambda: AccessError(
            self.env._("Sorry, you are not allowed to access this document.")
        )

    @api.model
    def create_unique(self, values_list):
        """Tell no customer whether, and as what, the server has a file already."""
        if not self.env.su and self.env.user._is_outsider():
            raise AccessError(
                self.env._("Sorry, you are not allowed to access this document.")
            )
        return super().create_unique(values_list)

    def _can_return_content(self, field_name=None, access_token=None):
        """Hand out the files that a ticket shows to whoever may read the ticket.

        Portal users have no right to read attachments; Odoo gives them links with
        tokens instead, which work for everybody and without a login.
        """
        if self._is_shown_on_ticket():
            return True
        return super()._can_return_content(field_name, access_token)

    def _is_shown_on_ticket(self):
        """Tell whether the current user may read the ticket that shows this file."""
        self.ensure_one()
        file_sudo = self.sudo()
        if file_sudo.res_model != "helpdesk.ticket" or not file_sudo.res_id:
            return False
        ticket = self.env["helpdesk.ticket"].browse(file_sudo.res_id).exists()
        if not ticket or not ticket.has_access("read"):
            return False
        return self in ticket.sudo()._get_customer_files()

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Portal users find no files of tickets; the ticket page hands them over."""
        if not (self.env.su or bypass_access) and self.env.user._is_outsider():
            domain = fields.Domain(domain)
            domain &= fields.Domain("res_model", "!=", "helpdesk.ticket")
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _filter_hidden_ticket_files(self):
        """Return those that lie below a ticket without being shown on it."""
        files_sudo = self.sudo().filtered(
            lambda file: (
                file.res_model == "helpdesk.ticket" and file.res_id and not file.public
            )
        )
        if not files_sudo:
            return self.browse()
        tickets_sudo = (
            self.env["helpdesk.ticket"].sudo().browse(files_sudo.mapped("res_id"))
        )
        shown = tickets_sudo.exists()._get_customer_files()
        return self.browse((files_sudo - shown).ids)

    # ---------------------------------------------------
    # How much work files of customers are
    # ---------------------------------------------------

    def _is_too_much_work(self):
        """Tell whether a file of a ticket is better not decoded, nor made smaller."""
        self.ensure_one()
        file_sudo = self.sudo()
        if file_sudo.res_model != TICKETS:
            return False
        content = file_sudo.raw or b""
        return not pictures.is_harmless(content, pictures.guess_kind(content))

    def _postprocess_contents(self, values):
        """Decode no picture of customers that would keep a worker busy.

        Pages of other apps let them upload files as well.
        """
        raw = values.get("raw")
        if self.env.user._is_outsider() and isinstance(raw, bytes):
            if not pictures.is_harmless(raw, pictures.guess_kind(raw)):
                return values
        return super()._postprocess_contents(values)

    def _get_datas_related_values(self, data, mimetype):
        """Search through no documents of customers: unpacking them takes its time.

        Modules that do read whole PDF files and archives.
        """
        kept = self.env.context.get("support_kept_as_sent")
        if kept and not (mimetype or "").startswith("text/"):
            mimetype = "application/octet-stream"
        return super()._get_datas_related_values(data, mimetype)
