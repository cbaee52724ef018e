from odoo import api, models
from odoo.fields import Domain

EDITORS = "helpdesk_mgmt.group_helpdesk_user_own"
PUBLISHERS = (
    "helpdesk_mgmt.group_helpdesk_manager",
    "website.group_website_restricted_editor",
)
# Drafts, and what is archived
STAFF_AUDIENCE = "staff"


class SupportArticle(models.Model):
    """Articles: who reads and who publishes them."""

    _inherit = "support.article"

    @api.model
    def _get_visible_domain(self):
        """Return which articles the current user reads. ``ir.rule`` adds it always.

        :rtype: Domain
        """
        user = self.env.user
        if user.has_group(EDITORS):
            return Domain.TRUE
        published = Domain("is_published", "=", True) & Domain("active", "=", True)
        if user._is_internal():
            return published
        website = self.env["website"].get_current_website()
        return (
            published
            & Domain("visibility", "in", self._get_visitor_visibilities())
            & website.website_domain()
        )

    @api.model
    def _get_visitor_visibilities(self):
        """Return which kinds of published articles the current visitor reads.

        :rtype: list[str]
        """
        visibilities = ["everyone"]
        if not self.env.user._is_public():
            visibilities.append("users")
            if self.env["ir.http"]._get_support_decision().allowed:
                visibilities.append("customers")
        return visibilities

    def _get_audience(self):
        """Return who reads the article, as words of articles are kept apart by it.

        :return: like "everyone", or "everyone/2" on the website 2 alone
        :rtype: str
        """
        self.ensure_one()
        if not (self.is_published and self.active):
            return STAFF_AUDIENCE
        return self._name_audience(self.visibility, self.website_id.id)

    @api.model
    def _name_audience(self, visibility, website_id):
        return f"{visibility}/{website_id}" if website_id else visibility

    @api.model
    def _get_readable_audiences(self):
        """Return whose articles the current user reads, see :meth:`_get_audience`.

        The same as :meth:`_get_visible_domain` says of single articles.

        :return: the audiences; None stands for all
        :rtype: list[str] | None
        """
        user = self.env.user
        if user.has_group(EDITORS):
            return None
        websites = self.env["website"]
        if user._is_internal():
            visibilities = dict(self._fields["visibility"].selection)
            website_ids = websites.sudo().search([]).ids
        else:
            visibilities = self._get_visitor_visibilities()
            website_ids = websites.get_current_website().ids
        return [
            self._name_audience(visibility, website_id)
            for visibility in visibilities
            for website_id in (None, *website_ids)
        ]

    @api.model
    def _find_for_visitor(self, article_id):
        """Return the article that an address names, and what keeps it from the visitor.

        Whoever isn't logged in is told to log in for what others may read.

        :return: the article, empty when the visitor may not read it, and ``None``,
            "login", "refused" or "missing"
        :rtype: tuple
        """
        article = self.browse(article_id or 0).exists()
        if article and article.has_access("read") and article._is_on_website():
            return article, None
        article_sudo = article.sudo()
        is_there = article_sudo.active and article_sudo.is_published
        if is_there and article_sudo._is_on_website():
            return self.browse(), "login" if self.env.user._is_public() else "refused"
        return self.browse(), "missing"

    def _is_on_website(self):
        website = self.env["website"].get_current_website()
        websites_sudo = self.sudo().website_id
        return websites_sudo <= website

    @api.depends_context("uid")
    def _compute_can_publish(self):
        """Publishing is for managers, and for those who edit the website."""
        user = self.env.user
        may = self.env.su or any(user.has_group(group) for group in PUBLISHERS)
        for article in self:
            article.can_publish = may and article.has_access("write")

    def _get_access_action(self, access_uid=None, force_website=False):
        """Lead customers to the page instead of the form."""
        self.ensure_one()
        user = self.env["res.users"].browse(access_uid or self.env.uid)
        if not force_website and user.sudo()._is_internal():
            return super()._get_access_action(access_uid, force_website)
        return {
            "type": "ir.actions.act_url",
            "url": self.website_url,
            "target": "self",
            "target_type": "public",
            "res_id": self.id,
        }
