from urllib.parse import quote

from odoo import api, models
from odoo.tools import email_normalize

from ...exceptions import SupportApiProblem
from ...tools.api import api_document, api_schema
from ...tools.form import context, form_values
from ...tools.text.names import person_name

# Names of the form's inputs -> where they stand in the document
POINTERS = {"priority": "#/urgency", "files_again": None}


def write_moment(moment):
    """Return a point in time as programs read it.

    :param moment: naive UTC datetime, or False
    :return: as of ISO 8601, to the second, or None
    """
    return moment.replace(microsecond=0).isoformat() + "Z" if moment else None


# kind of a column's value -> what programs get of it
API_WRITERS = {
    "day": write_moment,
    "moment": write_moment,
    "text": lambda text: None if text is False else text,
}


class HelpdeskTicket(models.Model):
    """How what a program sends becomes a ticket, and what it reads of it.

    Called with all rights, by the door for programs, which knows whose key it is.
    """

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Filing
    # ---------------------------------------------------

    @api.model
    def _file_from_api(self, key, document, files, idempotency_key=""):
        """File a ticket for the owner of a key, once per Idempotency-Key.

        :param support.api.key key: as of ``_enter``
        :param dict document: what was sent
        :param list files: of (name, bytes), sent beside it
        :return: what the program gets to know of the ticket
        :rtype: dict
        :raise SupportApiProblem: nothing was filed
        """
        requests = self.env["support.api.request"]
        digest = api_document.digest(document, files)
        ticket = requests._find_ticket(key, idempotency_key, digest)
        if not ticket:
            self._check_api_document(document)
            contact, stranger = self._get_api_contact(key, document.get("contact"))
            self.env["support.api"]._check_gate(
                key, contact or (stranger and key.partner_id)
            )
            ticket_type, form = self._read_api_form(key, document, files)
            note = requests._reserve(key, idempotency_key, digest)
            ticket = self._create_from_api(
                key, ticket_type, form, contact, stranger, document
            )
            note.ticket_id = ticket
        return ticket._get_api_receipt()

    # ---------------------------------------------------
    # Checking what was sent, by the same rules as the form of the type
    # ---------------------------------------------------

    @api.model
    def _check_api_document(self, document):
        """Check kind and length of everything that was sent.

        :raise SupportApiProblem: names every mistake, and unknown names, too
        """
        _ = self.env._
        messages = {
            "required": lambda limit: _("This is missing."),
            "unknown": lambda limit: _("There is no such field."),
            "type": lambda limit: _("This has to be: %s.", ", ".join(limit)),
            "enum": lambda limit: _("This has to be one of: %s.", ", ".join(limit)),
            "maxLength": lambda limit: _(
                "Please use at most %(limit)s characters.", limit=limit
            ),
            "maxItems": lambda limit: _("At most %s are allowed here.", limit),
        }
        problems = api_schema.find_problems(document, api_schema.TICKET)
        if problems:
            raise self._get_api_errors(
                [(place, messages[rule](limit)) for place, rule, limit in problems]
            )

    @api.model
    def _get_api_errors(self, errors):
        detail = self.env._("Nothing was filed: please mend what is named.")
        return SupportApiProblem(422, "invalid", detail, errors=errors[:100])

    @api.model
    def _read_api_form(self, key, document, files):
        """Check a document as if it had been typed into the form of its type.

        :return: the type, and what to file as of ``_parse_form``
        :rtype: tuple(helpdesk.ticket.type, dict)
        :raise SupportApiProblem:
        """
        ticket_type = self._get_api_type(document.get("type"))
        errors = []
        for number, file in enumerate(document.get("files") or ()):
            try:
                content = api_document.decode_file(file["content"])
            except ValueError:
                place = f"#/files/{number}/content"
                errors.append((place, self.env._("This is no Base64.")))
            else:
                files = [*files, (file["name"], content)]
        if files and not ticket_type._has_file_input():
            errors.append(("#/files", self.env._("This form takes no files.")))
        values = self._get_api_inputs(ticket_type, document, errors)
        form, wrong = ticket_type._parse_form(values, files, look=not errors)
        for name, message in wrong.items():
            place = f"#/{name}"
            if name.startswith("answer_"):
                place = f"#/fields/{name.removeprefix('answer_')}"
            place = POINTERS.get(name, place)
            if place:
                errors.append((place, message))
        if errors:
            raise self._get_api_errors(errors)
        accounts = self.env["support.credit.account"]
        company = self.env.company
        if ticket_type._is_charged() and accounts._is_at_limit(key.partner_id, company):
            raise SupportApiProblem(403, "credit", accounts._get_limit_message())
        return ticket_type, form

    @api.model
    def _get_api_type(self, type_id):
        offered = self.env["helpdesk.ticket.type"]._get_offered()
        if type_id is None:
            found = offered._get_general()
        else:
            found = offered.filtered(lambda ticket_type: ticket_type.id == type_id)
        if not found and (offered or type_id is not None):
            message = self.env._("Please name a type that is on offer.")
            raise self._get_api_errors([("#/type", message)])
        return found

    @api.model
    def _get_api_inputs(self, ticket_type, document, errors):
        """Return a document as a browser would post it.

        :param list errors: what is wrong is added here
        :return: name of an input -> list of strings
        :rtype: dict
        """
        urgency = document.get("urgency", "normal")
        values = {
            "subject": [document["subject"]],
            "description": [document["description"]],
            "priority": [api_schema.URGENCIES[urgency]],
            "phone_availability": [document.get("phone_availability", "")],
            "cc": [", ".join(document.get("cc") or ())],
        }
        fields = {field.key: field for field in ticket_type.field_ids}
        for name, value in (document.get("fields") or {}).items():
            field = fields.get(name)
            if not field or field.field_type == "file":
                place = f"#/fields/{api_schema.escape(name)}"
                errors.append((place, self.env._("There is no such field.")))
                continue
            options = field._get_input()["options"]
            posted = api_document.to_posted(value, field.field_type, options)
            if len(posted) > 1 and field.field_type != "multiple_choice":
                message = self.env._("This takes one value.")
                errors.append((f"#/fields/{name}", message))
            values[field._get_input_name()] = posted
        return values

    # ---------------------------------------------------
    # Whose ticket it is
    # ---------------------------------------------------

    @api.model
    def _get_api_contact(self, key, named):
        """Return whose ticket it becomes.

        A contact's key files for this contact. A customer's key says the address: it
        leads to a contact of this customer, and to none of any other, whoever has it.

        :param dict named: ``contact`` of the document, if there is one
        :return: the contact, and the address if it is that of nobody there
        :rtype: tuple(res.partner, str)
        :raise SupportApiProblem:
        """
        address = email_normalize((named or {}).get("email") or "") or ""
        owner = key.partner_id
        if not key.is_customer_key:
            if named and address != owner.email_normalized:
                message = self.env._("This key is that of somebody else.")
                raise self._get_api_errors([("#/contact/email", message)])
            return owner, ""
        if not address or form_values.clean_text(address) != address:
            message = self.env._("Please enter an e-mail address.")
            raise self._get_api_errors([("#/contact/email", message)])
        people = self._get_people_by_address([address])
        own = people.get(address, owner.browse()).filtered(
            lambda person: (
                person.active
                and person.type == "contact"
                and not person.is_company
                and person.commercial_partner_id == owner
            )
        )
        return (own, "") if len(own) == 1 else (owner.browse(), address)

    @api.model
    def _create_api_contact(self, key, address, name):
        """Create the contact of an address that nobody has, below the customer.

        Nobody has shown yet to own it, as with the colleagues that an administrator
        invites: until then our mails to it carry none of the sender's words.

        :return: empty when somebody has the address: staff decide who it is
        """
        people = self.env["res.partner"]
        if not self._may_become_contact(address):
            return people
        return people.with_context(mail_create_nosubscribe=True).create(
            {
                "name": person_name(name) or address,
                "email": address,
                "type": "contact",
                "parent_id": key.customer_id.id,
                "company_id": key.customer_id.company_id.id,
                "lang": self.env.lang,
                "support_unconfirmed": True,
            }
        )

    @api.model
    def _create_from_api(self, key, ticket_type, form, contact, stranger, document):
        """Create the ticket, after all checks.

        :param res.partner contact: whose it is
        :param str stranger: the address that was named, if it is nobody's there
        """
        name = (document.get("contact") or {}).get("name")
        extra = {
            **self._get_context_vals(context.read(document.get("context") or {})),
            "api_key_id": key.id,
            "customer_number": form_values.clean_text(document.get("customer_number")),
            "filed_by_id": contact.id,
        }
        channel = self.env.ref(
            "customer_portal_addon.helpdesk_ticket_channel_program",
            raise_if_not_found=False,
        )
        if channel:
            extra["channel_id"] = channel.id
        if stranger:
            contact = self._create_api_contact(key, stranger, name)
        if not contact:
            # the customer's all the same, but nobody is mailed or linked by the address
            extra.update(
                partner_name=person_name(name),
                partner_email=stranger,
                is_contact_removed=True,
            )
        ticket = self._create_from_form(ticket_type, form, contact, **extra)
        if not contact:
            ticket.commercial_partner_id = key.customer_id
            note = self.env._(
                "A program of %(customer)s named the address %(address)s, which does "
                "not tell a contact there. Please decide who it is.",
                customer=key.customer_id.display_name,
                address=stranger,
            )
            ticket._message_log(body=note)
        return ticket

    # ---------------------------------------------------
    # What programs read
    # ---------------------------------------------------

    def _get_api_receipt(self):
        """Return what is known of a ticket as soon as it is filed.

        :rtype: dict
        """
        self.ensure_one()
        base_url = self.get_base_url()
        return {
            "number": self.number,
            "url": f"{base_url}/my/ticket/{self.id}",
            "status_url": f"{base_url}/support/api/1/tickets/{quote(self.number)}",
        }

    def _get_api_status(self):
        """Return where a ticket stands, without anything that anybody wrote.

        A customer's key is in the hands of many, who don't read each other's tickets.

        :rtype: dict
        """
        self.ensure_one()
        receipt = self._get_api_receipt()
        columns = self._get_api_columns()
        [values] = self._read_columns(columns, API_WRITERS)
        names = [column.key for column in columns]
        return {**receipt, **dict(zip(names, values, strict=True))}
