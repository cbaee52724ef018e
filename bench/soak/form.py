"""HTML forms, read and filled in as a person does. Nothing but Python's library."""

from datetime import date, timedelta
from html.parser import HTMLParser

CHOSEN = ("radio", "checkbox")
UNTOUCHED = ("file", "email", "submit", "button")


class Form:
    """One form of a page: where it goes, and its inputs in their order."""

    def __init__(self, action):
        self.action = action
        self.inputs = {}  # name -> {kind, value, options}

    def add(self, name, kind, value="", option=None):
        entry = self.inputs.setdefault(
            name, {"kind": kind, "value": value, "options": []}
        )
        if option:
            entry["options"].append(option)

    def fill(self, text, **given):
        """Return values for all inputs, those of a person without special wishes.

        :param str text: for whatever takes free text
        :param given: values by name
        :rtype: dict
        """
        values = {}
        for name, entry in self.inputs.items():
            if entry["kind"] == "hidden":
                values[name] = entry["value"]
            elif entry["kind"] not in UNTOUCHED:
                values[name] = self._answer(entry, text)
        values.update(given)
        return {name: value for name, value in values.items() if value != ""}

    def _answer(self, entry, text):
        if entry["kind"] in (*CHOSEN, "select"):
            return entry["options"][0] if entry["options"] else ""
        if entry["kind"] == "date":
            return (date.today() + timedelta(days=14)).isoformat()
        if entry["kind"] == "decimal":
            return "3"
        if entry["kind"] == "tel":
            return "+49 30 901820"
        return text


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []
        self.form = None
        self.select = None

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(attrs.get("action", ""))
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "input" and attrs.get("name"):
            self._add_input(attrs)
        elif tag == "textarea" and attrs.get("name"):
            self.form.add(attrs["name"], "textarea")
        elif tag == "select" and attrs.get("name"):
            self.select = attrs["name"]
            self.form.add(self.select, "select")
        elif tag == "option" and self.select:
            self.form.add(self.select, "select", option=attrs.get("value"))

    def _add_input(self, attrs):
        kind = attrs.get("type", "text")
        if kind == "text" and attrs.get("inputmode"):
            # addresses of other people stay empty
            kind = {"email": "email"}.get(attrs["inputmode"], attrs["inputmode"])
        value = attrs.get("value", "")
        option = value if kind in CHOSEN else None
        self.form.add(attrs["name"], kind, value, option)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None


def find_form(page, ending):
    """Return the form whose address ends like that, None without one.

    :param str page: HTML
    :param str ending: for example ``/reply``
    """
    reader = _Reader()
    reader.feed(page)
    forms = [form for form in reader.forms if form.action.endswith(ending)]
    return forms[0] if forms else None
