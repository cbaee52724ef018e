import re

from odoo import api, models

from ...exceptions import SupportApiProblem
from ...tools.api import api_description, api_schema

_IDEMPOTENCY_KEY = re.compile(rf"[\x21-\x7e]{{1,{api_schema.MAX_IDEMPOTENCY_KEY}}}")
_NUMBER = re.compile(r"[\w./-]{1,64}")


class SupportApi(models.AbstractModel):
    """The door for programs: who comes in, and what they get.

    It knows no cookies and no sessions; what it refuses it raises as a
    ``SupportApiProblem``.
    """

    _name = "support.api"
    _description = "Programming Interface"

    @api.model
    def _check_enabled(self):
        """Pretend that there is nothing as long as no company wants it.

        :raise SupportApiProblem:
        """
        companies_sudo = self.env["res.company"].sudo()
        if not companies_sudo.search_count(
            [("support_api_enabled", "=", True)], limit=1
        ):
            raise self._get_nothing()

    @api.model
    def _get_base_url(self):
        """Return where programs find us, never what they call us.

        :rtype: str
        :raise SupportApiProblem: there is nothing to be found
        """
        self._check_enabled()
        return self.env.company.sudo().get_base_url()

    @api.model
    def _get_description(self):
        """Return what there is, for programs that write programs.

        :rtype: dict
        :raise SupportApiProblem: there is nothing to be found
        """
        columns = self.env["helpdesk.ticket"]._get_api_columns()
        return api_description.describe(
            self._get_base_url(), {column.key: column.schema for column in columns}
        )

    @api.model
    def _get_nothing(self):
        """Return the answer to whoever asks for what there is not."""
        return SupportApiProblem(
            404, "not_found", self.env._("There is no such thing.")
        )

    @api.model
    def _enter(self, key, scope, lang=None):
        """Return the record of the key with which a program comes in.

        :param str key: as sent, perhaps empty
        :param str scope: ``file``, ``read``, or ``any``
        :param str lang: the language that the program asks for
        :return: with all rights, to act for its owner
        :rtype: support.api.key
        :raise SupportApiProblem:
        """
        self._check_enabled()
        key_sudo = self.env["support.api.key"]._authenticate(key, lang)
        if not key_sudo:
            raise SupportApiProblem(
                401,
                "unauthorized",
                self.env._("Please send a valid API key: Authorization: Bearer …"),
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not key_sudo.company_id.support_api_enabled:
            raise self._get_nothing()
        key_sudo._note_use()
        if scope != "file":
            self._check_read_limit(key_sudo)
        if scope != "any" and not key_sudo[f"can_{scope}"]:
            raise SupportApiProblem(
                403, "scope", key_sudo.env._("This key is not for that.")
            )
        if scope == "file":
            self._check_limit(key_sudo)  # before anything is read
        return key_sudo

    @api.model
    def _check_gate(self, key, contact=None):
        """Ask the gate about who asks for help.

        A customer's key that only reads stands for no person, whose place on the
        notification list could be asked for.

        :param support.api.key key: as of :meth:`_enter`
        :param res.partner contact: whose ticket it becomes
        :raise SupportApiProblem: the gate refuses
        """
        gate, owner = key.env["support.gate"], contact or key.partner_id
        is_person = contact or not key.is_customer_key
        decision = gate._decide_many(
            owner, key.company_id, list_required=None if is_person else False
        )[owner.id]
        if not decision.allowed:
            raise SupportApiProblem(
                403,
                "refused",
                "{} {}".format(
                    gate._get_reason_labels()[decision.reason],
                    key.env._(
                        "Please turn to your usual contact person or to %(contact)s.",
                        contact=key.company_id._get_support_contact(),
                    ),
                ),
                reason=decision.reason,
            )

    @api.model
    def _check_limit(self, key):
        """Count what is sent with a key.

        :raise SupportApiProblem: it is too much for an hour
        """
        self._refuse_until(key, key.env["support.api.counter"]._count(key))

    @api.model
    def _check_read_limit(self, key):
        """Count what is read with a key.

        :raise SupportApiProblem: it is too much for an hour
        """
        self._refuse_until(key, key.env["support.api.counter"]._count_read(key))

    def _refuse_until(self, key, wait):
        if wait:
            raise SupportApiProblem(
                429,
                "limit",
                key.env._("That is a lot for one hour. Please try again later."),
                headers={"Retry-After": str(wait)},
            )

    @api.model
    def _check_idempotency_key(self, value):
        """Return the header's value, empty without the header.

        :param str value: None without the header
        :raise SupportApiProblem: it can't be one
        """
        if value is not None and not _IDEMPOTENCY_KEY.fullmatch(value):
            raise SupportApiProblem(
                400,
                "idempotency",
                self.env._("The Idempotency-Key is empty, too long, or no plain text."),
            )
        return value or ""

    # ---------------------------------------------------
    # What is asked for
    # ---------------------------------------------------

    @api.model
    def _get_status(self, key, number):
        """Return the status of a ticket of the key's owner.

        :param str number: as in the address
        :rtype: dict
        :raise SupportApiProblem: not one of the owner's
        """
        self._check_gate(key)
        owner = "commercial_partner_id" if key.is_customer_key else "partner_id"
        ticket = _NUMBER.fullmatch(number) and key.env["helpdesk.ticket"].search(
            [
                ("number", "=", number),
                (owner, "=", key.partner_id.id),
                ("commercial_partner_id", "=", key.customer_id.id),
                ("company_id", "=", key.company_id.id),
            ],
            limit=1,
        )
        if not ticket:
            raise self._get_nothing()
        return ticket._get_api_status()

    @api.model
    def _is_known_here(self, number):
        """Tell whether a replica has come to the ticket of this number.

        :param str number: as in the address; None: no ticket is asked for
        :rtype: bool
        """
        if not number or not self.env["support.replica"]._is_used():
            return True
        tickets_sudo = self.env["helpdesk.ticket"].sudo()
        return bool(tickets_sudo.search_count([("number", "=", number)], limit=1))

    @api.model
    def _get_types(self, key):
        """Return the ticket types with their forms.

        :rtype: dict
        """
        self._check_gate(key)
        types = key.env["helpdesk.ticket.type"]._get_offered()
        return {"types": [ticket_type._get_api_form() for ticket_type in types]}
