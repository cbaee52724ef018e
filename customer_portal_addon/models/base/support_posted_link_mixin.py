from odoo import api, models


class SupportPostedLinkMixin(models.AbstractModel):
    """Forms that name other records: only those that whoever fills them in may see.

    Odoo shows the name of what a field points to without asking, and related fields
    are read with all rights; so an id that somebody made up would tell what is there.
    """

    _name = "support.posted.link.mixin"
    _description = "Forms That Name Other Records"

    # Names of many2one fields, with the right that is needed for what they name
    _posted_links = {}

    @api.model_create_multi
    def create(self, vals_list):
        # defaults come with the context, which anybody can write, too
        defaults = self.default_get(list(self._posted_links))
        for vals in vals_list:
            self._check_posted_links({**defaults, **vals})
        return super().create(vals_list)

    def write(self, vals):
        self._check_posted_links(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Look before anything is computed of what was named."""
        defaults = self.default_get(list(self._posted_links)) if not self else {}
        self._check_posted_links({**defaults, **values})
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_posted_links(self, vals):
        """Check what the many2one fields of some values name.

        :raise AccessError:
        """
        for name, operation in self._posted_links.items():
            value = vals.get(name)
            if isinstance(value, dict):  # as the web client sends it
                value = value.get("id")
            if isinstance(value, (list, tuple)):
                value = value[0] if value else False
            if isinstance(value, int) and value:
                record = self.env[self._fields[name].comodel_name].browse(value)
                if not self.env.su:
                    record.exists().check_access(operation)
