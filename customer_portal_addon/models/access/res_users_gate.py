from odoo import models


class ResUsers(models.Model):
    """Whose support a login is for, and what the gate says there."""

    _inherit = "res.users"

    # ---------------------------------------------------
    # Which company
    # ---------------------------------------------------

    def _get_support_company(self, asked=None):
        """Return the company whose support this user gets, with all rights.

        As Odoo's pages choose it: that of the website that is asked, if the user
        belongs to it, else the user's own. An open websocket asks none: then it is
        one that lets the user in, if there is any.

        :param res.company asked: instead of that of the website
        """
        self.ensure_one()
        user_sudo = self.sudo()
        asked_sudo = (asked or self.env["ir.http"]._get_website_company()).sudo()
        if asked_sudo.id in user_sudo._get_company_ids():
            return asked_sudo
        own_sudo = user_sudo.company_id
        if asked_sudo or len(user_sudo.company_ids) == 1:
            return own_sudo
        open_sudo = (own_sudo | user_sudo.company_ids).filtered(
            lambda company: self._get_support_decision(company).allowed
        )
        return (open_sudo or own_sudo)[:1]

    def _get_login_company(self, asked):
        """Return the company whose support this user gets by logging in at one.

        :param res.company asked: the one
        """
        if self._may_join(asked):
            return asked.sudo()
        return self._get_support_company(asked)

    def _may_join(self, company):
        """Tell whether a customer may use a company's support, but never has yet.

        :rtype: bool
        """
        self.ensure_one()
        user_sudo = self.sudo()
        if not user_sudo._is_support_gated():
            return False
        is_there = company.id in user_sudo._get_company_ids()
        of_other = user_sudo.partner_id.company_id - company
        if is_there or of_other:
            return False
        return self._get_support_decision(company).allowed

    def _join_company_of_website(self):
        """Let a customer in at another of our companies, where its gate says so.

        Logins hold on all websites; whose support it is depends on the website.
        """
        company_sudo = self.env["ir.http"]._get_website_company()
        if company_sudo and self._may_join(company_sudo):
            self.sudo().company_ids += company_sudo

    # ---------------------------------------------------
    # The gate's decision
    # ---------------------------------------------------

    def _get_support_decision(self, company):
        """Return the gate's decision about this user; staff are never gated.

        :param res.company company: whose support it is
        :rtype: Decision
        """
        self.ensure_one()
        gate_sudo = self.env["support.gate"].sudo()
        if not self._is_support_gated():
            return gate_sudo._get_allowed()
        return gate_sudo._decide_user(self, company)

    def _is_login_refused(self, company):
        """Tell whether the gate keeps this user from logging in at all.

        :param res.company company: where, see :meth:`_get_support_company`
        """
        is_whole_login = company.sudo().support_scope == "login"
        return is_whole_login and not self._get_support_decision(company).allowed
