"""What programs may send us: the one place that the check and its description read."""

from ..form import context
from ..form.form_values import DESCRIPTION_MAX_LENGTH, SUBJECT_MAX_LENGTH

URGENCIES = {"low": "0", "normal": "1", "important": "2", "urgent": "3"}
# Bytes of a whole request, files included
MAX_BODY = 32 * 1024 * 1024
MAX_IDEMPOTENCY_KEY = 200
TYPES = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def _object(properties, required=(), **more):
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _text(max_length, description=None, **more):
    schema = {"type": "string", "maxLength": max_length, **more}
    return {**schema, "description": description} if description else schema


ANSWER = {
    "type": ["string", "number", "boolean", "array", "null"],
    "maxLength": 20000,
    "maxItems": 100,
    "items": {"type": ["string", "integer"], "maxLength": 250},
}
CONTEXT = _object(
    {
        "program": _text(context.LIMITS["program"], "Name of the program."),
        "version": _text(context.LIMITS["version"], "Its version."),
        "window": _text(context.LIMITS["window"], "The window that was open."),
        "log": _text(context.LIMITS["log"], "The end of the program's log."),
    },
    description="Where it happened. Our team and the customer see it.",
)
CONTACT = _object(
    {
        "email": _text(254, "The address of who asks for help."),
        "name": _text(80, "Name, for an address that is new."),
    },
    required=["email"],
    description="Who asks for help: required with a customer's key. With a contact's "
    "key it is always the contact.",
)
FILE = _object(
    {
        "name": _text(250, "Name with its ending.", minLength=1),
        "content": {
            "type": "string",
            "contentEncoding": "base64",
            "description": "The bytes in Base64.",
        },
    },
    required=["name", "content"],
)
TICKET = _object(
    {
        "type": {
            "type": "integer",
            "description": "The id of a ticket type. Without it: the general type.",
        },
        "subject": _text(SUBJECT_MAX_LENGTH, "In a few words.", minLength=1),
        "description": _text(DESCRIPTION_MAX_LENGTH, "In all words.", minLength=1),
        "urgency": {"type": "string", "enum": list(URGENCIES), "default": "normal"},
        "phone_availability": _text(250, "When and where we can call."),
        "cc": {
            "type": "array",
            "items": _text(254),
            "maxItems": 50,
            "description": "Addresses that get all mails about the ticket.",
        },
        "customer_number": _text(50, "A hint for our team. It grants nothing."),
        "contact": CONTACT,
        "fields": {
            "type": "object",
            "additionalProperties": ANSWER,
            "description": "Answers to the fields of the type, by their names. A "
            "choice is answered by the id or the name of an option, a date as "
            "2026-11-30.",
        },
        "context": CONTEXT,
        "files": {
            "type": "array",
            "items": FILE,
            "maxItems": 50,
            "description": "Files in Base64, if they are not parts of their own.",
        },
    },
    required=["subject", "description"],
)


def find_problems(value, schema, pointer="#"):
    """Return what is wrong with a value, in order.

    Not by jsonschema: of a list that is too long it reads every item, for seconds, and
    what is missing it names in its sentences only.

    :param dict schema: of the part of JSON Schema that is used above
    :return: pointer to the value, and the rule that it breaks, with its limit
    :rtype: list[tuple[str, str, object]]
    """
    allowed = schema["type"]
    allowed = allowed if isinstance(allowed, list) else [allowed]
    if not any(_is_a(value, name) for name in allowed):
        return [(pointer, "type", allowed)]
    if "enum" in schema and value not in schema["enum"]:
        return [(pointer, "enum", schema["enum"])]
    if isinstance(value, str):
        return _find_length_problems(value, schema, pointer)
    problems = []
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            return [(pointer, "maxItems", schema["maxItems"])]
        for number, item in enumerate(value):
            problems += find_problems(item, schema["items"], f"{pointer}/{number}")
    elif isinstance(value, dict):
        problems += [
            (f"{pointer}/{name}", "required", None)
            for name in schema.get("required", ())
            if name not in value
        ]
        for name, item in value.items():
            place = f"{pointer}/{escape(name)}"
            known = schema.get("properties", {}).get(name)
            known = known or schema["additionalProperties"]
            if known:
                problems += find_problems(item, known, place)
            else:
                problems.append((place, "unknown", None))
    return problems


def escape(name):
    """Return a name as part of a JSON pointer, of limited length.

    :rtype: str
    """
    return name[:100].replace("~", "~0").replace("/", "~1")


def _find_length_problems(value, schema, pointer):
    if len(value) < schema.get("minLength", 0):
        return [(pointer, "required", None)]
    if len(value) > schema.get("maxLength", len(value)):
        return [(pointer, "maxLength", schema["maxLength"])]
    return []


def _is_a(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer":
        return isinstance(value, int) or (
            isinstance(value, float) and value.is_integer()
        )
    return isinstance(value, TYPES[name])
