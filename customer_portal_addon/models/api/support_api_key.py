from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, consteq
from odoo.tools.misc import get_lang

from ...tools.api import api_key

EDITABLE = frozenset({"name", "can_file", "can_read", "date_end"})
# The last use is noted that often: reading must not write each time
NOTED_EVERY = timedelta(minutes=5)


class SupportApiKey(models.Model):
    """What a program shows to act for a contact or for a customer.

    Only a digest of the key is kept. It is made by the methods below, with all rights
    after their checks; nobody creates, or changes whose it is, by a mere write.
    """

    _name = "support.api.key"
    _description = "API Key of the Support Portal"
    _order = "id desc"

    name = fields.Char(required=True, help="Where the key is used.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="A contact: the program files tickets of this person. A company: the "
        "program says which of its contacts asks for help.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The customer when the key was made. The key of a contact who has moved "
        "to another one is worth nothing.",
    )
    is_customer_key = fields.Boolean(
        string="For all contacts",
        readonly=True,
        help="It is the customer's key, not that of one contact.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    prefix = fields.Char(
        string="Begins with",
        required=True,
        readonly=True,
        copy=False,
        help="The public part of the key, to recognise it by.",
    )
    key_hash = fields.Char(
        required=True, readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    can_file = fields.Boolean(string="File tickets", default=True)
    can_read = fields.Boolean(
        string="Read the status", default=True, help="Number, status and dates only."
    )
    date_end = fields.Date(
        string="Valid until", help="Its last day. Empty: until it is revoked."
    )
    revoked_at = fields.Datetime(string="Revoked on", readonly=True, copy=False)
    revoked_by_id = fields.Many2one(
        "res.users", string="Revoked by", readonly=True, copy=False
    )
    last_used_at = fields.Datetime(
        string="Last used",
        readonly=True,
        copy=False,
        help="Noted at most every few minutes.",
    )
    state = fields.Selection(
        [("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")],
        compute="_compute_state",
        search="_search_state",
    )

    _prefix_uniq = models.UniqueIndex("(prefix)")
    _name_length = models.Constraint(
        "CHECK(char_length(name) <= 80)", "A name has at most 80 characters."
    )

    # ---------------------------------------------------
    # State
    # ---------------------------------------------------

    @api.depends("revoked_at", "date_end")
    def _compute_state(self):
        for key in self:
            today = key._get_today()
            is_over = key.date_end and key.date_end < today
            state = "expired" if is_over else "valid"
            key.state = "revoked" if key.revoked_at else state

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = Domain("date_end", "<", self._get_today())
        revoked = Domain("revoked_at", "!=", False)
        domains = {
            "revoked": revoked,
            "expired": ~revoked & over,
            "valid": ~revoked & ~over,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _get_today(self):
        return (self.company_id or self.env.company)._get_support_today()

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("API keys are made by the button for it."))
        return super().create(vals_list)

    def write(self, vals):
        if not (self.env.su or EDITABLE.issuperset(vals)):
            raise AccessError(self.env._("This can't be changed. Make a new key."))
        return super().write(vals)

    @api.model
    def _issue(self, partner, company, vals):
        """Make a key, with all rights: callers have checked who asks for it.

        :param res.partner partner: a contact, or a customer
        :param dict vals: name, scopes and last day
        :return: the key's record, and the key itself, which is never shown again
        :rtype: tuple[support.api.key, str]
        """
        key = api_key.make()
        partner_sudo = partner.sudo()
        key_sudo = self.sudo().create(
            {
                **{name: vals[name] for name in EDITABLE if name in vals},
                "partner_id": partner_sudo.id,
                "customer_id": partner_sudo.commercial_partner_id.id,
                "is_customer_key": partner_sudo.is_company,
                "company_id": company.id,
                "prefix": api_key.prefix(key),
                "key_hash": api_key.digest(key),
            }
        )
        return key_sudo, key

    # ---------------------------------------------------
    # Revoking
    # ---------------------------------------------------

    def action_revoke(self):
        """Revoke the keys, on behalf of staff."""
        self.check_access("write")
        self.sudo()._revoke()

    def _revoke(self):
        """Revoke those that are not revoked yet, called after all checks."""
        for key in self.filtered(lambda key: not key.revoked_at):
            key.write(
                {"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid}
            )

    # ---------------------------------------------------
    # Using
    # ---------------------------------------------------

    @api.model
    def _authenticate(self, key, lang=None):
        """Return the record of a valid key, to act with all rights for its owner.

        As OdooBot, like the mail gateway: contacts need no login to have a key. Nobody
        learns why a key is not accepted.

        :param str key: as sent
        :param str lang: what the program asks for; else the owner's language
        :return: empty unless the key is valid
        """
        robot_sudo = self.with_user(SUPERUSER_ID)
        found_sudo = robot_sudo.search([("prefix", "=", api_key.prefix(key) or "-")])
        known = found_sudo.key_hash or api_key.digest("")
        is_right = consteq(known, api_key.digest(key))
        if not (is_right and found_sudo and found_sudo._is_alive()):
            return robot_sudo.browse()
        company_lang = found_sudo.company_id.partner_id.lang
        lang = lang or found_sudo.partner_id.lang or company_lang
        lang = get_lang(robot_sudo.env, lang).code
        key_sudo = found_sudo.with_company(found_sudo.company_id)
        return key_sudo.with_context(lang=lang, tz=found_sudo.partner_id.tz)

    def _is_alive(self):
        """Tell whether the key is valid and still that of its owner."""
        self.ensure_one()
        owner = self.partner_id
        users = owner.with_context(active_test=False).user_ids
        return (
            self.state == "valid"
            and owner.commercial_partner_id == self.customer_id
            and (self.is_customer_key or not users or any(users.mapped("active")))
        )

    @api.model
    def _is_use_noted(self, key):
        """Tell whether the use of a key was noted lately: then reading writes nothing.

        :rtype: bool
        """
        # a minute less, as it is asked once more in the course of the request
        since = fields.Datetime.now() - NOTED_EVERY + timedelta(minutes=1)
        domain = [("prefix", "=", api_key.prefix(key)), ("last_used_at", ">", since)]
        return bool(self.sudo().search_count(domain, limit=1))

    def _note_use(self):
        """Note that the key was used; who does so at the same time is passed by."""
        self.ensure_one()
        if self.env.cr.readonly:  # nothing can be written: reading goes on without
            return
        now = fields.Datetime.now()
        if self.last_used_at and self.last_used_at > now - NOTED_EVERY:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE support_api_key SET last_used_at = %s WHERE id IN (
                    SELECT id FROM support_api_key
                     WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED)
                """,
                now,
                self.id,
            )
        )
        self.invalidate_recordset(["last_used_at"])
