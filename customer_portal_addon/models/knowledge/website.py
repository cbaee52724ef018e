from urllib.parse import urlsplit

from odoo import api, models, tools

from ...tools.web import response_headers


class Website(models.Model):
    _inherit = "website"

    def _search_get_details(self, search_type, order, options):
        """Have the website's search find articles, too."""
        details = super()._search_get_details(search_type, order, options)
        if search_type in ("support_articles", "all"):
            articles = self.env["support.article"]
            details.append(articles._search_get_detail(self, order, options))
        return details

    def get_suggested_controllers(self):
        """Offer our pages to whoever makes a link."""
        url_for = self.env["ir.http"]._url_for
        return [
            *super().get_suggested_controllers(),
            (self.env._("Support"), url_for("/support"), "customer_portal_addon"),
            (
                self.env._("Knowledge base"),
                url_for("/support/kb"),
                "customer_portal_addon",
            ),
        ]

    @api.model
    def _forget_sitemaps(self):
        """Have the maps for search engines made anew: Odoo keeps them for hours."""
        maps = [("type", "=", "binary"), ("url", "=like", "/sitemap-%.xml")]
        self.env["ir.attachment"].sudo().search(maps).unlink()

    @tools.ormcache("self.id")
    def _get_support_asset_hosts(self):
        """Return the hosts with copies of our own files; a write forgets them.

        :rtype: list
        """
        if not self.cdn_activated:
            return []
        hosts, _others = response_headers.sources(urlsplit(self.cdn_url or "").netloc)
        return hosts

    def _get_security_txt_languages(self):
        """Return the codes of the languages that this website speaks, first ours.

        :rtype: list
        """
        self.ensure_one()
        codes = (self.default_lang_id | self.language_ids).mapped("code")
        return list(dict.fromkeys(code.replace("_", "-") for code in codes))
