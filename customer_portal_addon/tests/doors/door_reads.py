"""Every way of reading, with every field and path that a caller may name."""

from .door_data import TEXTS

# Through these relations the walk goes one step further
TARGETS = (
    "account.move",
    "discuss.channel",
    "helpdesk.ticket",
    "ir.attachment",
    "mail.followers",
    "mail.mail",
    "mail.message",
    "mail.tracking.value",
    "res.partner",
    "res.users",
    "sale.order",
    "support.article",
    "support.contract",
    "support.credit.entry",
    "support.form.answer",
    "support.time.entry",
)


class DoorReads:
    """Mixed into test cases that have ``DoorData`` and ``DoorWalker``."""

    def fields_for(self, user, model):
        """Return the fields that a caller may name: name -> field."""
        records = self.env[model].with_user(user)
        return {
            name: field
            for name, field in records._fields.items()
            if records._has_field_access(field, "read")
        }

    def behind(self, user, model):
        """Return the texts behind each relation: name -> names of texts."""
        found = {}
        for name, field in self.fields_for(user, model).items():
            if field.comodel_name in TARGETS:
                found[name] = [
                    text
                    for text, other in self.fields_for(user, field.comodel_name).items()
                    if other.type in TEXTS and (other.store or other.search)
                ]
        return found

    def reads(self, user, model):
        """Yield methods with arguments that read.

        One thing after the other where one that is refused would hide the next.
        """
        if self.env[model]._abstract:
            return
        ids = [id_ for group in self.records_of(model).values() for id_ in group]
        fields = self.fields_for(user, model)
        plain = [name for name, field in fields.items() if not field.relational]
        yield "search_read", [[], plain], {}
        for name in fields.keys() - set(plain):
            yield "search_read", [[], [name]], {}
        for id_ in ids:
            yield "read", [[id_], plain], {}
            yield "copy_data", [[id_]], {}
            yield "get_metadata", [[id_]], {}
        for name, texts in self.behind(user, model).items():
            nested = {name: {"fields": dict.fromkeys(texts, {})}}
            yield "web_search_read", [[], nested], {}
        yield from self.groups(fields)

    def groups(self, fields):
        for name, field in fields.items():
            if field.store and field.type == "char":
                yield "formatted_read_group", [[], [name], ["__count"]], {}
            elif field.store and field.type in TEXTS:
                yield "formatted_read_group", [[], [], [f"{name}:array_agg"]], {}

    def searches(self, user, model):
        """Return paths that one search may ask for at once.

        :rtype: list[list[str]]
        """
        if self.env[model]._abstract:
            return []
        own = [
            name
            for name, field in self.fields_for(user, model).items()
            if field.type in TEXTS and (field.store or field.search)
        ]
        behind = [
            [f"{name}.{text}" for text in texts]
            for name, texts in self.behind(user, model).items()
        ]
        return [paths for paths in (own, *behind) if paths]
