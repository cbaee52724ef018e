"""Where in the vendor's program somebody asks for help."""

from . import form_values

# What is kept of it, in characters
LIMITS = {"program": 100, "version": 50, "window": 200, "log": 200000}
# An address has no room for a log
IN_LINKS = ("program", "version", "window")


def read(values, names=tuple(LIMITS)):
    """Return the known parts that say something, cut to what is kept.

    :param dict values: name -> text; anything else counts as empty
    :param tuple names: of the parts to read
    :rtype: dict[str, str]
    """
    found = {}
    for name in names:
        text = form_values.clean_text(values.get(name), multiline=name == "log")
        if text:
            found[name] = text[: LIMITS[name]]
    return found
