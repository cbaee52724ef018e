from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from odoo.addons.iap.tools import iap_tools


class SupportAccessMail(models.Model):
    """What is answered to somebody who asks for a way in, and whose contact it is."""

    _inherit = "support.access.mail"

    def _find_registration_answer(self):
        """Return what to answer to a registration, and whose contact it is about.

        :rtype: tuple(str, res.partner)
        """
        user = self._find_users()[:1]
        if user:
            return self._refuse_or(user, "known"), user.partner_id
        people = self.env["res.partner"].with_context(active_test=False)
        people = people.search(
            Domain("email_normalized", "=", self.email)
            & Domain("type", "=", "contact")
            & self._get_website_domain()
        )
        contacts = people.filtered("active") or people
        # whom other companies have named says nothing about whose address it is
        contacts = contacts.filtered(lambda c: not c.support_unconfirmed) or contacts
        if len(contacts) > 1:
            return "ambiguous", contacts.browse()
        if contacts and not self._is_covered(contacts):
            return "refused", contacts
        if contacts.support_unconfirmed:
            return "invitation", contacts
        if not contacts and self.company_id.support_policy != "open":
            self.customer_id = self._suggest_customer()
            return "refused", contacts
        if not contacts:
            self.customer_id = self._suggest_customer()
            self.is_new_contact = True
            contacts = self._create_contact()
        return "activation", contacts

    def _find_invitation_answer(self):
        """Return the invitation, unless it must not be sent.

        :rtype: tuple(str | bool, res.partner)
        """
        contact = self.partner_id
        if contact.email_normalized != self.email or self._find_users():
            return False, contact
        if contact.support_unconfirmed and self._find_namesakes(contact):
            return False, contact
        # an administrator may have the invitation sent once more
        others = contact.with_context(active_test=False).support_access_mail_ids
        but = others if self.invited_by_id else self
        if self._is_invited(contact, but=but) or not self._is_covered(contact):
            return False, contact
        return "invitation", contact

    @api.model
    def _is_invited(self, contact, but=None):
        """Tell whether an invitation was or will be sent to a contact's address.

        One to another contact counts, too, unless a customer has just named it.

        :param res.partner contact:
        :param support.access.mail but: one that does not count
        """
        domain = [
            ("kind", "=", "invitation"),
            ("email", "=", contact.email_normalized),
            ("state", "in", ("pending", "sent", "used")),
            ("id", "not in", but.ids if but else []),
            ("partner_id.website_id", "in", (False, contact.website_id.id)),
            "|",
            ("partner_id", "=", contact.id),
            ("partner_id.support_unconfirmed", "=", False),
        ]
        return bool(self.with_context(active_test=False).search_count(domain, limit=1))

    def _get_reason_not_to_send(self):
        """Return why staff can't send this mail, None when they can.

        :rtype: str | None
        """
        _ = self.env._
        if self.kind == "reset":
            if not self.partner_id.user_ids:
                return _("There is no login yet. Please send an invitation instead.")
        elif self._find_users():
            return _("There is a login with the address %s already.", self.email)
        elif not self._is_covered(self.partner_id):
            return _(
                "%s may not use the support portal at the moment: see the state on "
                "the page “Support”.",
                self.partner_id.display_name,
            )
        return None

    def _find_reset_answer(self):
        """Return the way to a new password, if there is one login to be found.

        Somebody who was invited and has no login yet gets the invitation once more.

        :rtype: tuple(str | bool, res.partner)
        """
        user = self._find_users()
        if len(user) == 1:
            return self._refuse_or(user, "reset"), user.partner_id
        domain = Domain(
            [
                ("kind", "=", "invitation"),
                ("email", "=", self.email),
                ("state", "=", "sent"),
                ("partner_id.email_normalized", "=", self.email),
            ]
        )
        invitation = self.search(domain & self._get_website_domain(), limit=1)
        contact = invitation.partner_id
        if user or not contact or not self._is_covered(contact):
            return False, self.env["res.partner"]
        return "invitation", contact

    def _refuse_or(self, user, answer):
        """Return what to answer to somebody with a login: ``answer``, or a refusal."""
        company_sudo = user._get_login_company(self.company_id)
        return "refused" if user._is_login_refused(company_sudo) else answer

    def _find_users(self):
        """Return the active users with this login, else with this address.

        A login of the website itself comes before one for all websites, as it does
        when somebody logs in.
        """
        users = self.env["res.users"]
        for name in ("login", "email_normalized"):
            by_name = Domain(name, "=", self.email)
            found = users.search(by_name & self._get_website_domain())
            if found:
                return (self.website_id and found.filtered("website_id")) or found
        return users

    def _get_website_domain(self):
        """Return the domain of what is for the website of this mail.

        Websites may have logins of their own: one address is two people then.

        :rtype: Domain
        """
        if not self.website_id:
            return Domain.TRUE
        return self.website_id.website_domain()

    def _find_namesakes(self, contact):
        """Return other contacts with the address of ``contact``.

        Its own company may have the same one, and others may have named it, too.
        """
        domain = Domain(
            [
                ("email_normalized", "=", contact.email_normalized),
                ("type", "=", "contact"),
                ("support_unconfirmed", "=", False),
                ("id", "not in", (contact | contact.commercial_partner_id).ids),
            ]
        )
        return self.env["res.partner"].search(domain & self._get_website_domain())

    def _is_covered(self, contact):
        """Tell whether a login would be worth something to the contact.

        Who wants the notifications now will be on their list, and who never was on it
        may register; but who has unsubscribed asks our team.
        """
        users = contact.with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.active):
            return False  # staff have archived the login
        gate = self.env["support.gate"]
        wants_list = self.notification_text_id and not contact._has_left_support_list(
            self.company_id
        )
        decision = gate._decide_many(
            contact, self.company_id, list_required=False if wants_list else None
        )[contact.id]
        if decision.reason == "archived":
            return False
        return decision.allowed or self.company_id.support_scope != "login"

    def _create_contact(self):
        website = self.website_id
        return self.env["res.partner"].create(
            {
                "name": self.name,
                "email": self.email,
                "lang": self.lang,
                "parent_id": False,
                "website_id": website.specific_user_account and website.id,
            }
        )

    def _suggest_customer(self):
        """Return the one company with addresses of the same domain, if there is one."""
        domain = iap_tools.mail_prepare_for_domain_search(self.email)
        customers = self.env["res.partner"]
        if not domain.startswith("@"):
            return customers  # free mail
        people = customers.search(
            [
                ("email_normalized", "=like", f"%{escape_psql(domain)}"),
                ("type", "=", "contact"),
                ("support_unconfirmed", "=", False),
                ("create_uid.share", "=", False),  # customers write down any address
            ]
        )
        found = people.commercial_partner_id.filtered("is_company")
        return found if len(found) == 1 else customers
