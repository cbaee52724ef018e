import re

from odoo import api, models

# Odoo's own script in the head: nothing that anybody typed comes before it
MARKED = re.compile(r'<script [^>]*?nonce="([\w-]+)"')


class WebsitePage(models.Model):
    _inherit = "website.page"

    @api.model
    def _post_process_response_from_cache(self, request, response):
        """Mark the scripts of a page that was kept for this answer."""
        result = super()._post_process_response_from_cache(request, response)
        html = response.response[0]
        html = html.decode() if isinstance(html, bytes) else str(html)
        marked = MARKED.search(html)
        if marked:
            nonce = self.env["ir.http"]._get_script_nonce()
            old = f' nonce="{marked[1]}"'
            response.response = [html.replace(old, f' nonce="{nonce}"')]
        return result
