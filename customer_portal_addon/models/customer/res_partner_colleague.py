from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...tools.form import form_values


class ResPartner(models.Model):
    """Whom customer administrators manage, and what they see of them.

    Everything starts from the current user's own company; what was posted only chooses
    among its people.
    """

    _inherit = "res.partner"

    # ---------------------------------------------------
    # Who manages whom
    # ---------------------------------------------------

    @api.model
    def _manages_colleagues(self):
        """Tell whether the current user is a customer administrator with a company.

        :rtype: bool
        """
        user = self.env.user
        if not user.share or not user.has_group(
            "customer_portal_addon.group_customer_administrator"
        ):
            return False
        contact_sudo = user.sudo().partner_id
        customer_sudo = contact_sudo.commercial_partner_id
        return (
            contact_sudo.is_customer_administrator
            and customer_sudo.is_company
            and customer_sudo != contact_sudo
            and self.env["ir.http"]._get_support_decision().allowed
        )

    @api.model
    def _get_colleagues_domain(self):
        """Return the domain of the people of the current user's company.

        :raise AccessError: for everybody but customer administrators
        """
        if not self._manages_colleagues():
            raise AccessError(
                self.env._("Only customer administrators manage their colleagues.")
            )
        customer_sudo = self.env.user.sudo().partner_id.commercial_partner_id
        return Domain(
            [
                ("commercial_partner_id", "=", customer_sudo.id),
                ("is_company", "=", False),
                ("type", "=", "contact"),
                ("partner_share", "=", True),  # never one of our staff
            ]
        )

    @api.model
    def _get_colleague_search_domain(self, search):
        """Return the domain of the colleagues whose name or address has ``search``."""
        domain = self._get_colleagues_domain()
        search = form_values.clean_text(search)
        if search:
            domain &= Domain("name", "ilike", search) | Domain("email", "ilike", search)
        return domain

    @api.model
    def _get_colleagues(self, search="", offset=0, limit=None):
        """Return the people of the current user's company, with all rights on them.

        :param str search: part of a name or an address
        :raise AccessError: for everybody but customer administrators
        """
        domain = self._get_colleague_search_domain(search)
        return self.sudo().search(domain, offset=offset, limit=limit, order="name, id")

    @api.model
    def _count_colleagues(self, search=""):
        """Return how many colleagues there are, the current user included."""
        return self.sudo().search_count(self._get_colleague_search_domain(search))

    @api.model
    def _find_colleague(self, colleague_id):
        """Return the colleague with a posted id, with all rights; else nobody.

        :param int colleague_id:
        :raise AccessError: for everybody but customer administrators
        """
        domain = self._get_colleagues_domain() & Domain("id", "=", colleague_id)
        return self.sudo().search(domain)

    # ---------------------------------------------------
    # For whom they file tickets
    # ---------------------------------------------------

    @api.model
    def _get_file_for_domain(self):
        """Return the domain of the colleagues for whom tickets can be filed.

        Mails about tickets only go to addresses that are known to be right.
        """
        return self._get_colleagues_domain() & Domain(
            [
                ("support_unconfirmed", "=", False),
                ("support_switched_off", "=", False),
                ("email_normalized", "!=", False),
            ]
        )

    @api.model
    def _get_colleagues_to_file_for(self, limit):
        """Return the first colleagues for whom the current user can file tickets."""
        others = Domain("id", "!=", self.env.user.partner_id.id)
        domain = self._get_file_for_domain() & others
        return self.sudo().search(domain, limit=limit, order="name, id")

    @api.model
    def _find_colleague_to_file_for(self, posted):
        """Return whom a posted id or address names, with all rights; else nobody."""
        wanted = Domain("email_normalized", "=", email_normalize(posted) or posted)
        if posted.isdecimal():
            wanted = Domain("id", "=", int(posted[:20]))
        return self.sudo().search(self._get_file_for_domain() & wanted, limit=1)

    # ---------------------------------------------------
    # What the page shows
    # ---------------------------------------------------

    def _get_colleague_values(self):
        """Return what the page prints of these colleagues, whatever their number.

        The list tells about addresses that nobody has confirmed what the administrator
        has done with them, and nothing else: not whether we know them.

        :return: id, name, email, support_code, is_administrator, is_me, state,
            state_label, invited_at and actions of each
        :rtype: list[dict]
        """
        decisions = self.env["support.gate"]._decide_many(self, self.env.company)
        invitations = self.env["support.access.mail"].with_context(active_test=False)
        invited = dict(
            invitations._read_group(
                [("partner_id", "in", self.ids), ("kind", "=", "invitation")],
                ["partner_id"],
                ["asked_at:max"],
            )
        )
        rows = []
        for colleague in self:
            state, label = colleague._get_colleague_state(
                decisions[colleague.id], colleague in invited
            )
            rows.append(
                {
                    "id": colleague.id,
                    "name": colleague.name or colleague.email,
                    "email": colleague.email,
                    "support_code": colleague.support_code,
                    "is_administrator": colleague.is_customer_administrator,
                    "is_me": colleague == self.env.user.partner_id,
                    "state": state,
                    "state_label": label,
                    "invited_at": state == "invited" and invited[colleague],
                    "actions": colleague._get_colleague_actions(),
                }
            )
        return rows

    def _get_colleague_state(self, decision, is_invited):
        """Return a key and the words for whether this colleague gets in.

        :param Decision decision: of the gate, about the colleague
        :rtype: tuple(str, str)
        """
        _ = self.env._
        logins = self.with_context(active_test=False).user_ids
        if self.support_switched_off:
            return "switched_off", _("Switched off")
        if logins and not any(logins.mapped("active")):
            return "locked", _("Login locked by our team")
        if logins and not decision.allowed:
            return "refused", self.env["support.gate"]._get_reason_names()[
                decision.reason
            ]
        if logins:
            return "allowed", _("May log in")
        if is_invited:
            return "invited", _("Invited")
        return "no_login", _("No login yet")

    def _get_colleague_actions(self):
        """Return what the current user may do with this colleague.

        Nobody shuts themselves out, so that there is always an administrator left. By
        the company's setting other administrators are the business of our team.

        :rtype: list[str]
        """
        self.ensure_one()
        actions = []
        if self == self.env.user.partner_id:
            return actions
        is_off = self.support_switched_off
        is_administrator = self.is_customer_administrator
        has_login = bool(self.with_context(active_test=False).user_ids)
        may_appoint = self.env.company.sudo().support_appoint_administrators
        if not has_login and not is_off and self.email_normalized:
            actions.append("invite")
        if is_administrator and not may_appoint:
            return actions
        actions.append("rename")
        if may_appoint and is_administrator:
            actions.append("dismiss")
        elif may_appoint and not is_off and not self.support_unconfirmed:
            actions.append("appoint")
        actions.append("switch_on" if is_off else "switch_off")
        return actions
