from urllib.parse import urlencode

from odoo import api, fields, models

from ...tools.form import context

PREFIX = "context_"


class HelpdeskTicket(models.Model):
    """Where in the vendor's program somebody asked for help."""

    _inherit = "helpdesk.ticket"

    context_program = fields.Char(
        string="Program",
        readonly=True,
        index="trigram",
        help="The program from which the ticket was opened.",
    )
    context_version = fields.Char(
        string="Program version", readonly=True, help="As the program says."
    )
    context_window = fields.Char(
        string="Program window",
        readonly=True,
        help="The window of the program that was open.",
    )
    # long, and read on the ticket's own pages only
    context_log = fields.Text(
        string="Program log",
        readonly=True,
        prefetch=False,
        help="What the program last noted before the ticket was opened.",
    )
    api_key_id = fields.Many2one(
        "support.api.key",
        string="Filed with key",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
        help="The API key with which a program has filed the ticket.",
    )

    @api.model
    def _get_context_vals(self, found):
        """Return the parts of a context as values of a ticket.

        :param dict found: as of :func:`tools.context.read`
        :rtype: dict
        """
        return {f"{PREFIX}{name}": text for name, text in found.items()}

    # ---------------------------------------------------
    # Links from programs to the form
    # ---------------------------------------------------

    @api.model
    def _get_prefill(self, ticket_type, params):
        """Return what a link from a program fills in: known names only.

        :param helpdesk.ticket.type ticket_type: whose form it leads to
        :param dict params: name -> text, as in the address
        :return: name of an input -> list of strings, as if posted
        :rtype: dict
        """
        found = self._get_context_vals(context.read(params, context.IN_LINKS))
        values = {name: [text] for name, text in found.items()}
        for field in ticket_type.field_ids:
            text = params.get(field.key)
            if isinstance(text, str) and text and field.field_type != "file":
                values[field._get_input_name()] = field._get_posted(text[:250])
        return values

    @api.model
    def _get_link_query(self, params):
        """Return what a link from a program says, to hand it on to a form.

        :param dict params: name -> text, as in the address
        :return: empty, or with its question mark
        :rtype: str
        """
        found = context.read(params, context.IN_LINKS)
        return f"?{urlencode(found)}" if found else ""

    @api.model
    def _read_posted_context(self, values):
        """Return the context that came along with a form.

        :param dict values: name of an input -> list of posted strings
        :return: values of a ticket
        :rtype: dict
        """
        parts = {
            name: (values.get(f"{PREFIX}{name}") or [""])[0]
            for name in context.IN_LINKS
        }
        return self._get_context_vals(context.read(parts, context.IN_LINKS))
