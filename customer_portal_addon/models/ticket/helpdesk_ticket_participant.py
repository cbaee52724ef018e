from odoo import api, models
from odoo.exceptions import ValidationError

MAX_PARTICIPANTS = 10


class HelpdeskTicket(models.Model):
    """Who takes part in a ticket besides its contact: who comes in, who leaves."""

    _inherit = "helpdesk.ticket"

    def _get_participant_values(self):
        """Return the people on the ticket as its page lists them, the contact first.

        Customers read the names of their own people only. Whomever else they have put
        in copy they see by the address that they typed: our contacts' names tell who
        has it.

        :return: id, name, is_contact, is_me and can_be_removed of each
        :rtype: list[dict]
        """
        self.ensure_one()
        ticket_sudo = self.sudo()
        me = self.env.user.partner_id
        may_remove = self._may_remove_others()
        people = ticket_sudo._get_people()
        rows = []
        for person in people:
            is_known = not self.env.user.share or ticket_sudo._is_known_reader(person)
            is_contact = person == ticket_sudo.partner_id
            rows.append(
                {
                    "id": person.id,
                    "name": person.name if is_known else person.email_normalized,
                    "is_contact": is_contact,
                    "is_me": person == me,
                    "can_be_removed": may_remove and not is_contact and person != me,
                }
            )
        return [row for row in rows if row["name"]]

    def _get_people(self):
        """Return who takes part from outside the staff, the contact first."""
        self.ensure_one()
        followers = self.message_partner_ids.filtered("partner_share")
        return self.partner_id | followers.sorted("id")

    def _get_free_places(self):
        """Return how many people from outside the staff may still join the ticket.

        :rtype: int
        """
        self.ensure_one()
        return max(0, MAX_PARTICIPANTS - len(self._get_people()))

    def _act_participants(self, values):
        """Add the addresses that were typed, or remove the person who was chosen."""
        posted = (values.get("remove") or [""])[0]
        if posted:
            return self._remove_person(posted)
        text = (values.get("addresses") or [""])[0]
        try:
            addresses = self.sudo().type_id._parse_cc(text)
            return {} if self._add_people(addresses) else self._get_missing_address()
        except ValidationError as error:
            return {"addresses": error.args[0]}

    def _get_missing_address(self):
        return {"addresses": self.env._("Please enter an e-mail address.")}

    def _add_people(self, addresses):
        """Let the people behind mail addresses take part, and tell them by mail.

        :param list addresses: normalised mail addresses; unknown ones become contacts
        :return: whether there was anybody to add
        :rtype: bool
        :raise ValidationError: too many
        """
        self.ensure_one()
        ticket_sudo = self.sudo()
        known = set(ticket_sudo._get_people().mapped("email_normalized"))
        new = [address for address in addresses if address not in known]
        places = ticket_sudo._get_free_places()
        if len(new) > places:
            raise ValidationError(
                self.env._(
                    "A ticket takes %(limit)s people at most. Places left: %(places)s.",
                    limit=MAX_PARTICIPANTS,
                    places=places,
                )
            )
        people_sudo = ticket_sudo._subscribe_addresses(new)
        for person_sudo in people_sudo:
            ticket_sudo._note_for_staff(
                self.env._("Added %(address)s.", address=person_sudo.email_normalized)
            )
            ticket_sudo._welcome_participant(person_sudo)
        return bool(addresses)

    def _welcome_participant(self, person):
        """Tell somebody who was added, in a mail of their own."""
        self.ensure_one()
        template = self.env.ref(
            "customer_portal_addon.mail_template_participant_added",
            raise_if_not_found=False,
        )
        if template and person.email_normalized:
            adder_name = self.env.user.partner_id._get_name_for_mails()
            self._mail_reader(template, person, adder_name=adder_name)

    def _subscribe_addresses(self, addresses):
        """Return those whom the addresses belong to, as new participants."""
        self.ensure_one()
        ticket = self.with_context(default_lang=self.partner_id.lang)
        people = ticket._partner_find_from_emails_single(addresses)
        new = people - self.message_partner_ids
        self.message_subscribe(new.ids)
        return new.filtered("partner_share")

    def _remove_person(self, posted):
        """Let somebody take part no more.

        :param str posted: id of the contact, as posted; ignored unless on the ticket
        """
        rows = self._get_participant_values()
        row = next((row for row in rows if str(row["id"]) == posted), None)
        if row and row["is_me"] and "leave" in self._get_portal_actions():
            return self._act_leave({})
        if not row or not row["can_be_removed"]:
            text = self.env._("This person doesn't take part, or can't be removed.")
            return {"form": text}
        ticket_sudo = self.sudo()
        ticket_sudo._note_for_staff(self.env._("Removed %(name)s.", name=row["name"]))
        ticket_sudo.message_unsubscribe([row["id"]])
        return {}

    def _act_leave(self, values):
        """Let the current user take part no more."""
        ticket_sudo = self.sudo()
        ticket_sudo._note_for_staff(self.env._("Takes part no more."))
        ticket_sudo.message_unsubscribe(self.env.user.partner_id.ids)
        return {}

    @api.model
    def _get_participant_inputs(self, values=None, errors=None):
        """Return the input for the addresses to add, as of ``_get_form_inputs``."""
        return [
            {
                "name": "addresses",
                "kind": "addresses",
                "label": self.env._("E-mail addresses"),
                "placeholder": self.env._("colleague@example.com"),
                "help": self.env._(
                    "They get our answers by e-mail and can answer. Separate several "
                    "addresses by commas."
                ),
                "required": True,
                "value": ((values or {}).get("addresses") or [""])[0],
                "error": (errors or {}).get("addresses"),
            }
        ]
