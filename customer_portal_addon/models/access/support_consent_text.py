from odoo import api, fields, models
from odoo.exceptions import UserError

PURPOSES = [
    ("privacy", "Privacy policy"),
    ("notifications", "Support notifications"),
]


class SupportConsentText(models.Model):
    """What people are asked to agree to, in versions.

    A wording that somebody has agreed to stays as it is; staff add a new version.
    """

    _name = "support.consent.text"
    _description = "Consent Text"
    _order = "purpose, id desc"
    _rec_name = "version"

    purpose = fields.Selection(PURPOSES, required=True)
    version = fields.Char(
        required=True, help="How you name this version, for example its date."
    )
    wording = fields.Text(
        required=True,
        translate=True,
        help="The sentence beside the checkbox. The newest version that is not "
        "archived is asked for.",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Whose customers are asked. Empty: those of every company that has no "
        "text of its own.",
    )
    consent_ids = fields.One2many(
        "support.consent",
        "text_id",
        string="Consents",
        groups="helpdesk_mgmt.group_helpdesk_user",
    )
    consent_count = fields.Integer(
        string="Times given",
        compute="_compute_consent_count",
        compute_sudo=True,
    )
    active = fields.Boolean(default=True)

    _version_unique = models.Constraint(
        "UNIQUE(purpose, version)", "There is a version of that name already."
    )

    @api.depends("consent_ids")
    def _compute_consent_count(self):
        counts = dict(
            self.env["support.consent"]._read_group(
                [("text_id", "in", self.ids)], ["text_id"], ["__count"]
            )
        )
        for text in self:
            text.consent_count = counts.get(text, 0)

    def write(self, vals):
        frozen = {"purpose", "version", "wording"} & vals.keys()
        if frozen and self.sudo().consent_ids:
            raise UserError(
                self.env._(
                    "Somebody has agreed to this wording, so it stays as it is. Please "
                    "add a new version."
                )
            )
        return super().write(vals)

    @api.model
    def _get_current(self, purpose):
        """Return the text that the current company asks for, empty when there is none.

        :param str purpose: ``privacy`` or ``notifications``
        """
        texts_sudo = self.sudo().search(
            [
                ("purpose", "=", purpose),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )
        own_sudo = texts_sudo.filtered("company_id")
        return (own_sudo or texts_sudo)[:1]
