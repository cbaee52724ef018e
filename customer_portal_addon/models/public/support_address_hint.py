from odoo import api, models
from odoo.tools import email_normalize

from ...tools.form.form_values import clean_text
from ...tools.mail import mail_domain, mail_slips


class SupportAddressHint(models.AbstractModel):
    """What may be wrong with an address, for whoever is typing it. Never refuses."""

    _name = "support.address.hint"
    _description = "Hints about Mail Addresses"

    @api.model
    def _find_hint(self, typed, client):
        """Return what to tell about an address.

        :param str typed: what was typed so far
        :param str client: the visitor's IP address
        :return: ``suggestion`` (an address), ``warning`` (a sentence); empty: fine
        :rtype: dict
        """
        address = email_normalize(clean_text(typed))
        if not address or len(address) > 254:
            return {}
        suggestion = mail_slips.suggest_address(address)
        if suggestion:
            return {"suggestion": suggestion}
        domain = address.rpartition("@")[2]
        is_asked = self.env.company.sudo().support_check_domain
        if (
            is_asked
            and domain not in mail_slips.COMMON_DOMAINS
            and self.env["support.public.guard"]._may_ask_for_hint(client)
            and mail_domain.takes_mail(domain) is False
        ):
            return {
                "warning": self.env._(
                    "It seems that “%(domain)s” takes no e-mail. Please check the "
                    "spelling.",
                    domain=domain,
                )
            }
        return {}
