"""What the lists of tickets tell: said once, for pages, files and programs."""

from typing import Any, NamedTuple


class Column(NamedTuple):
    """One thing that is told of each ticket, where, and how to sort by it.

    Kinds of values: ``text``; ``moment`` (naive UTC datetime or False) and ``day``, a
    moment of which the page shows the day; ``flag`` (bool); ``status`` (dict of role,
    label and stage).

    Places on the page, in the row of a desktop as in the card of a phone: ``title``;
    ``about``, values in one line below it; ``people``, the first without its label;
    ``state``, where flags that are set warn; ``facts``, each with its label.
    """

    key: str  # its name, for programs, too
    label: str  # for people
    value: Any  # name of a field, or a function: ticket, with all rights -> value
    kind: str = "text"
    reads: tuple = ()  # by the function: "partner_id", "partner_id.name" for those, too
    place: str = "facts"  # empty: pages don't show it
    sequence: int = 100  # on the page; files and programs keep the table's order
    is_exported: bool = True
    schema: dict | None = None  # JSON Schema; None: programs don't get it
    of_company: bool = False  # only in the company's lists, for its administrators
    sortby: str = ""  # name in the address; empty: nobody sorts by it
    order: str = ""  # of the search
    order_label: str = ""  # if it is another than the column's

    def get_value(self, ticket):
        """Return the value of a ticket."""
        return ticket[self.value] if self.is_field else self.value(ticket)

    @property
    def is_field(self):
        return isinstance(self.value, str)

    def get_paths(self):
        """Return the fields that its values are read from.

        :rtype: tuple[str]
        """
        return (self.value,) if self.is_field else self.reads
