from odoo import models
from odoo.exceptions import ValidationError


class HelpdeskTicket(models.Model):
    """What customers correct after filing: subject, urgency and answers."""

    _inherit = "helpdesk.ticket"

    def _get_edit_inputs(self, values=None, errors=None):
        """Return the inputs of the page on which the details are edited.

        :param dict values: name of an input -> list of posted strings; without, what
            the ticket has
        :param dict errors: as returned by :meth:`_act_from_portal`
        :return: as of ``_get_form_inputs`` of the type
        :rtype: list[dict]
        """
        self.ensure_one()
        type_sudo = self.sudo().type_id
        names = self._get_editable_names()
        if values is None:
            values = self._get_edit_values()
        inputs = type_sudo._get_form_inputs(values, errors)
        return [entry for entry in inputs if entry["name"] in names]

    def _get_editable_names(self):
        """Return the names of the inputs for what customers may edit.

        :rtype: list[str]
        """
        fields = self.sudo()._get_editable_fields()
        names = ["subject", "priority", "phone_availability"]
        return names + [field._get_input_name() for field in fields]

    def _get_editable_fields(self):
        """Return the fields of the form whose answers are text."""
        return self.type_id.field_ids.filtered(lambda f: f.field_type != "file")

    def _get_edit_values(self):
        """Return what the ticket has, as it would be posted.

        :rtype: dict[str, list[str]]
        """
        ticket_sudo = self.sudo()
        values = {
            "subject": [ticket_sudo.name],
            "priority": [ticket_sudo.priority],
            "phone_availability": [ticket_sudo.phone_availability or ""],
        }
        for field in ticket_sudo._get_editable_fields():
            answer = ticket_sudo.answer_ids.filtered(
                lambda a, field=field: a.field_id == field
            )[:1]
            values[field._get_input_name()] = field._get_posted(answer.value or "")
        return values

    def _act_edit(self, values):
        names = self._get_editable_names()
        posted = {name: values.get(name) or [] for name in names}
        before = self._get_edit_values()
        changed = [n for n in names if any(posted[n]) and posted[n] != before[n]]
        changed += [n for n in names if not any(posted[n]) and any(before[n])]
        errors = self._get_news_error(values, ("stage", "details"))
        vals, answers = self._parse_details(posted, changed, errors)
        if not errors and changed:
            self._write_details(vals, answers)
        return errors

    def _parse_details(self, posted, changed, errors):
        """Check the edited details.

        :param dict errors: what is wrong is added here
        :return: values of the ticket, and (field, answer) of what has changed
        :rtype: tuple(dict, list)
        """
        type_sudo = self.sudo().type_id
        parsers = {
            "subject": ("name", type_sudo._parse_subject),
            "priority": ("priority", type_sudo._parse_priority),
            "phone_availability": (
                "phone_availability",
                type_sudo._parse_phone_availability,
            ),
        }
        vals, answers = {}, []
        for name, (target, parse) in parsers.items():
            if name in changed:
                try:
                    vals[target] = parse((posted[name] or [""])[0])
                except ValidationError as error:
                    errors[name] = error.args[0]
        for field_sudo in self.sudo()._get_editable_fields():
            name = field_sudo._get_input_name()
            if name in changed:
                try:
                    answers.append((field_sudo, field_sudo._parse(posted[name])))
                except ValidationError as error:
                    errors[name] = error.args[0]
        return vals, answers

    def _write_details(self, vals, answers):
        """Write the edited details, and tell staff in one internal note."""
        ticket_sudo = self.sudo()
        changes = [
            (ticket_sudo._fields[name].get_description(self.env)["string"], old, new)
            for name, old, new in ticket_sudo._get_changed_texts(vals)
        ]
        ticket_sudo.with_context(mail_notrack=True).write(vals)
        for field_sudo, value in answers:
            answer_sudo = ticket_sudo.answer_ids.filtered(
                lambda a, field=field_sudo: a.field_id == field
            )[:1]
            if (answer_sudo.value or "") != value:
                changes.append((field_sudo.name, answer_sudo.value or "", value))
                ticket_sudo._write_answer(field_sudo, answer_sudo, value)
        if not changes:
            return
        lines = [f"{label}: {old or '–'} → {new or '–'}" for label, old, new in changes]
        title = self.env._("Changed by the customer:")
        ticket_sudo._note_for_staff("\n".join([title, *lines]))

    def _get_changed_texts(self, vals):
        """Return name, old and new text of the fields that are about to change."""
        shown = {"priority": dict(self.type_id._get_priority_options())}
        for name, new in vals.items():
            words = shown.get(name, {})
            old = self[name] or ""
            if old != new:
                yield name, words.get(old, old), words.get(new, new)

    def _write_answer(self, field, answer, value):
        self.ensure_one()
        if not value:
            answer.unlink()
        elif answer:
            answer.write({"label": field.name, "value": value})
        else:
            self.env["support.form.answer"].create(
                {
                    "ticket_id": self.id,
                    "field_id": field.id,
                    "sequence": field.sequence,
                    "label": field.name,
                    "value": value,
                }
            )
