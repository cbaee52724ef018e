from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .helpdesk_ticket_stage import PORTAL_ROLES


class HelpdeskTicket(models.Model):
    """The status that customers read, and what moves a ticket from one to another."""

    _inherit = "helpdesk.ticket"

    portal_role = fields.Selection(
        PORTAL_ROLES,
        string="Status",
        compute="_compute_portal_role",
        store=True,
        help="The stage's status in the portal.",
    )
    status_since = fields.Datetime(
        compute="_compute_portal_role",
        store=True,
        help="When the ticket came into this status.",
    )

    @api.depends("stage_id.portal_role")
    def _compute_portal_role(self):
        """Note when the status changed; one stage may follow another within it."""
        for ticket in self:
            before = ticket._origin
            since = before.status_since
            role = ticket.stage_id.portal_role
            is_kept = since and before.portal_role == role
            ticket.portal_role = role
            ticket.status_since = since if is_kept else fields.Datetime.now()

    def _get_status_label(self):
        """Return the name of the ticket's status as customers read it."""
        self.ensure_one()
        return self.stage_id._get_status_labels().get(self.portal_role, "")

    def _get_neutral_status_label(self):
        """Return the name of the status for people who are not meant by „you“."""
        self.ensure_one()
        if self.portal_role == "waiting_on_customer":
            return self.env._("Waiting on the customer")
        return self._get_status_label()

    # ---------------------------------------------------
    # Moving
    # ---------------------------------------------------

    def _get_stage_for(self, role):
        """Return the first of the ticket's stages with a status, if there is one.

        Closed: preferably one that customers may choose.

        :param str role: as in ``portal_role``
        :rtype: helpdesk.ticket.stage
        """
        self.ensure_one()
        ticket = self.with_company(self.company_id)
        stages = ticket.team_id._get_applicable_stages().filtered(
            lambda stage: stage.portal_role == role
        )
        return (stages.filtered("close_from_portal") or stages)[:1]

    def _on_status_change(self, old, new):
        """Do what has to be done when a ticket's status has changed, whoever did it.

        Nothing by itself: areas and other addons extend it. It does not run when staff
        give a stage another status.

        :param str old: as in ``portal_role``; False: the ticket is new
        :param str new: as in ``portal_role``
        """
        self.ensure_one()

    def _move_to(self, role):
        """Move the ticket to the first stage with a status.

        :param str role: as in ``portal_role``
        :return: whether it was moved: not if it is there already, or there is no stage
        :rtype: bool
        """
        self.ensure_one()
        if self.portal_role == role:
            return False
        stage = self._get_stage_for(role)
        if stage:
            self.stage_id = stage
        return bool(stage)

    def _get_stage_at_message(self):
        """Return the stage in which a message has met the ticket.

        Another addon may move the ticket as a message comes, as OCA's
        helpdesk_ticket_partner_response does, mails even before they are posted: then
        it has decided, and we don't move it on.

        :rtype: helpdesk.ticket.stage
        """
        mail = self._get_incoming_mail()
        stage_id = mail and mail.stages.get(self.id)
        stages = self.env["helpdesk.ticket.stage"]
        return stages.browse(stage_id) if stage_id else self.sudo().stage_id

    def _move_after_message(self, message):
        """Move the ticket by who has just answered, in public.

        A customer's answer always takes back what waits for the end; the rest is a
        setting. What machines write moves nothing.

        :param mail.message message: a personal one, seen by the customer
        """
        self.ensure_one()
        is_opening = message.subtype_id == self._creation_subtype()
        # Odoo's message_post lies between whoever says so and this
        is_kept = self.env.context.get("support_status_kept")
        if is_opening or is_kept or self._is_done_by_machine():
            return
        author = message.author_id
        if author and not author.partner_share:
            if self.portal_role in ("new", "waiting_on_us"):
                self._move_after_answer("waiting_on_customer")
        elif self.portal_role in ("solved", "closed"):
            self._move_to("waiting_on_us")
        elif self.portal_role == "waiting_on_customer":
            self._move_after_answer("waiting_on_us")

    def _move_after_answer(self, role):
        if self.company_id.support_status_automatic:
            self._move_to(role)

    def _close(self, partner, reason=None, stage=None):
        """Close the ticket.

        The mail of the stage tells everybody who takes part.

        :param res.partner partner: who closes it, empty when nobody does
        :param str reason: what they have to say, for everybody who takes part
        :param helpdesk.ticket.stage stage: without, the first one that closes
        :return: whether it was closed: not if it is already, or there is no stage
        :rtype: bool
        """
        self.ensure_one()
        stage = stage or self._get_stage_for("closed")
        if self.portal_role == "closed" or not stage:
            return False
        if reason and partner:
            self._post_reason(partner, reason)
        if partner:
            self._track_set_author(partner)
        self.stage_id = stage
        return True

    def _reopen(self, partner, reason=None):
        """Have the ticket wait on us again, as long as it can be reopened.

        :param res.partner partner: who wants it, empty when nobody does
        :param str reason: what they have to say, for everybody who takes part
        :return: whether it was reopened: not if it is open, too old or has no stage
        :rtype: bool
        """
        self.ensure_one()
        if self.portal_role != "solved" and not self._can_be_reopened():
            return False
        if partner:
            self._track_set_author(partner)
        if not self._move_to("waiting_on_us"):
            return False
        if reason and partner:
            self._post_reason(partner, reason)
        else:
            self._note_move(self.env._("Reopened."), partner)
        return True

    def _post_reason(self, partner, reason):
        """Post what somebody says about a move, which itself moves nothing."""
        self.with_context(support_status_kept=True)._post_as(partner, reason)

    def _note_move(self, text, partner):
        """Note for the team how a ticket came to move.

        :param res.partner partner: who did it, empty: the machine
        """
        author = partner or self.env.ref("base.partner_root")
        self._message_log(body=text, author_id=author.id)

    # ---------------------------------------------------
    # Closing what is solved
    # ---------------------------------------------------

    def _get_closing_date(self, partner, lang=None):
        """Return the date on which the solved ticket is closed, for a reader.

        :return: in words of the reader's language, None when it isn't closed by itself
        :rtype: str
        """
        self.ensure_one()
        days = self.company_id.support_close_after_days
        if self.portal_role != "solved" or not days:
            return None
        zone = partner.tz or self.company_id.partner_id.tz or "UTC"
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), self.status_since + timedelta(days=days)
        )
        return format_date(self.env, moment.date(), lang_code=lang, date_format="long")

    @api.model
    def _get_overdue_domain(self):
        """Return the domain of the solved tickets whose time is over."""
        companies_sudo = self.env["res.company"].sudo()
        now = fields.Datetime.now()
        return Domain.OR(
            Domain("portal_role", "=", "solved")
            & Domain("company_id", "=", company.id)
            & Domain(
                "status_since",
                "<=",
                now - timedelta(days=company.support_close_after_days),
            )
            for company in companies_sudo.search([("support_close_after_days", ">", 0)])
        )

    @api.model
    def _cron_close_solved(self, batch_size=50):
        """Close the solved tickets that nobody has answered, in batches."""
        domain = self._get_overdue_domain()
        jobs = self.env["ir.cron"]
        jobs._commit_progress(remaining=self.search_count(domain))
        last_id = 0
        while batch := self.search(
            domain & Domain("id", ">", last_id), order="id", limit=batch_size
        ):
            last_id = batch[-1].id  # those without a stage that closes stay behind
            if not jobs._process_each(batch, lambda t: t._close_unanswered()):
                break

    def _close_unanswered(self):
        """Close a solved ticket because nobody has answered."""
        self.ensure_one()
        nobody = self.env["res.partner"]
        if self._close(nobody):
            days = self.company_id.support_close_after_days
            if days == 1:
                note = self.env._("Closed automatically: no answer within one day.")
            else:
                note = self.env._(
                    "Closed automatically: no answer within %(days)s days.", days=days
                )
            self._note_move(note, nobody)
