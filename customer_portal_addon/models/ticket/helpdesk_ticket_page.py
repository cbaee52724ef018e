from odoo import api, models


class HelpdeskTicket(models.Model):
    """What the pages of one ticket in the portal print."""

    _inherit = "helpdesk.ticket"

    def _get_page_values(self):
        """Return what the page of a ticket prints, whatever was typed there.

        :rtype: dict
        :raise AccessError: the current user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        ticket_sudo = self.sudo()
        return {
            "ticket": ticket_sudo,
            "actions": self._get_portal_actions(),
            "answers": ticket_sudo.answer_ids.filtered(lambda a: not a.attachment_ids),
            "files": ticket_sudo._get_original_files(),
            "all_files": ticket_sudo._get_customer_files().sorted("id"),
            "original": ticket_sudo._get_original_values(),
            "conversation": ticket_sudo._get_conversation_values(),
            "people": self._get_participant_values(),
            "efforts": ticket_sudo._get_effort_values(),
            "priority_label": ticket_sudo._get_priority_label(),
            "file_rules": ticket_sudo.type_id._get_file_rules(),
            "seen": self._get_seen_mark(),
        }

    @api.model
    def _get_elsewhere_values(self, ticket_id):
        """Return where a ticket is found that is with another of our companies.

        :return: ``number``, ``company`` and ``url``; empty unless the current user
            sees it there
        :rtype: dict
        """
        others = self.env.user.sudo().company_ids - self.env.companies
        if not others:
            return {}
        tickets = self.with_context(allowed_company_ids=others.ids)
        ticket_sudo = tickets.search([("id", "=", ticket_id)]).sudo()
        if not ticket_sudo:
            return {}
        return {
            "number": ticket_sudo.number,
            "company": ticket_sudo.company_id.name,
            "url": f"{ticket_sudo.get_base_url()}/my/ticket/{ticket_sudo.id}",
        }

    def _get_action_page_values(self, action, values, errors):
        """Return what the form of an action prints, with what was typed into it.

        :param str action: as of ``_get_portal_actions``
        :param dict values: name of an input -> list of posted strings
        :param dict errors: name of an input -> message
        :rtype: dict
        :raise AccessError: the current user may not read the ticket
        """
        self.ensure_one()
        self.check_access("read")
        ticket_sudo = self.sudo()
        page = {
            "ticket": ticket_sudo,
            "seen": self._get_seen_mark(),
            "reason": (values.get("reason") or [""])[0],
        }
        if action == "edit":
            page["inputs"] = self._get_edit_inputs(values or None, errors)
        elif action == "participants":
            page["people"] = self._get_participant_values()
            page["free_places"] = ticket_sudo._get_free_places()
            page["inputs"] = self._get_participant_inputs(values, errors)
        elif action == "close":
            page["closing_stages"] = ticket_sudo._get_portal_closing_stages()
            page["chosen_stage"] = (values.get("stage_id") or [""])[0]
        return page
