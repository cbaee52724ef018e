"""The description of the programming interface, in OpenAPI 3.1."""

import re

from . import api_schema

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "What to tell programs by."},
        "detail": {"type": "string", "description": "For people, in their language."},
        "reason": {"type": "string", "description": "Why support can't be used."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
RECEIPT = {
    "number": {"type": "string", "description": "Number of the ticket."},
    "url": {"type": "string", "description": "Its page in the portal."},
    "status_url": {"type": "string", "description": "Its status, for programs."},
}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
ROLE = {
    "type": ["string", "null"],
    "enum": [
        "new",
        "waiting_on_us",
        "waiting_on_customer",
        "solved",
        "closed",
        None,
    ],
}
ROLE_LABEL = {"type": "string", "description": "For people."}
TEXT_OR_NOTHING = {"type": ["string", "null"]}
NUMBER_OR_NOTHING = {"type": ["number", "null"]}
FIELD = {
    "name": {"type": "string", "description": "The key in “fields” of a ticket."},
    "kind": {"type": "string"},
    "label": {"type": "string"},
    "required": {"type": "boolean"},
    "help": TEXT_OR_NOTHING,
    "placeholder": TEXT_OR_NOTHING,
    "max_length": NUMBER_OR_NOTHING,
    "min": NUMBER_OR_NOTHING,
    "max": NUMBER_OR_NOTHING,
    "options": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        },
    },
}
FILE_RULES = {
    "type": ["object", "null"],
    "properties": {
        "required": {"type": "boolean"},
        "max_count": {"type": "integer"},
        "max_megabytes": {"type": "integer"},
        "endings": {"type": "array", "items": {"type": "string"}},
    },
    "description": "null: the form takes no files.",
}


def _whole(properties):
    """Return an object of which every part is there."""
    return {"type": "object", "required": list(properties), "properties": properties}


TYPE = _whole(
    {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "description": TEXT_OR_NOTHING,
        "fields": {"type": "array", "items": _whole(FIELD)},
        "files": FILE_RULES,
    }
)
PROBLEMS = {
    400: "The request can't be read.",
    401: "No valid API key.",
    403: "The key, the contract or the credit doesn't allow it.",
    404: "There is no such thing.",
    405: "Not with this method.",
    413: "The request is too large.",
    415: "Neither JSON nor multipart.",
    422: "Something in the ticket has to be mended; “errors” says where.",
    429: "Too much for one hour; “Retry-After” says how long to wait, in seconds.",
}
BY_KEY = (401, 403, 404, 405)


def _ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(status, name, statuses, headers=None):
    """Return the answers of an operation: when it worked, and the problems."""
    good = {
        "description": "That worked.",
        "content": {"application/json": {"schema": _ref(name)}},
    }
    if headers:
        good["headers"] = headers
    answers = {str(status): good}
    for number in statuses:
        answers[str(number)] = {"$ref": f"#/components/responses/Problem{number}"}
    return answers


def _describe_problem(status):
    answer = {
        "description": PROBLEMS[status],
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }
    header = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}.get(status)
    if header:
        answer["headers"] = {header: {"schema": {"type": "string"}, "required": True}}
    return answer


LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "schema": {"type": "string", "examples": ["de", "en"]},
    "description": "The language of texts for people; else the key owner's.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": api_schema.MAX_IDEMPOTENCY_KEY,
        "pattern": "^[!-~]+$",
    },
    "description": "Made up anew for each ticket. Sent again with it within two days, "
    "the same request makes no second ticket and gets the same answer.",
}
NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
}
MULTIPART = {
    "type": "object",
    "required": ["ticket"],
    "properties": {
        "ticket": _ref("Ticket"),
        "files": {
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        },
    },
}
PATHS = {
    "/support/api/1/tickets": {
        "post": {
            "operationId": "fileTicket",
            "summary": "File a ticket.",
            "parameters": [IDEMPOTENCY_KEY, LANGUAGE],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": _ref("Ticket")},
                    "multipart/form-data": {
                        "schema": MULTIPART,
                        "encoding": {"ticket": {"contentType": "application/json"}},
                    },
                },
            },
            "responses": _answers(
                201,
                "Receipt",
                (400, *BY_KEY, 413, 415, 422, 429),
                {"Location": {"schema": {"type": "string"}, "required": True}},
            ),
        }
    },
    "/support/api/1/tickets/{number}": {
        "get": {
            "operationId": "getTicket",
            "summary": "Where a ticket of the key's owner stands.",
            "parameters": [NUMBER, LANGUAGE],
            "responses": _answers(200, "Status", (*BY_KEY, 429)),
        }
    },
    "/support/api/1/types": {
        "get": {
            "operationId": "getTypes",
            "summary": "The ticket types with their forms.",
            "parameters": [LANGUAGE],
            "responses": _answers(200, "Types", (*BY_KEY, 429)),
        }
    },
    "/support/api/1/openapi.json": {
        "get": {
            "operationId": "getDescription",
            "summary": "This description.",
            "security": [],
            "responses": _answers(200, "Description", (404, 405)),
        }
    },
}


def describe(base_url, columns):
    """Return the description, for programs at an address.

    :param dict columns: what is told of a ticket beside its receipt: name -> schema
    :rtype: dict
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": "Support", "version": "1.0.0"},
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": PATHS,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "responses": {
                f"Problem{status}": _describe_problem(status) for status in PROBLEMS
            },
            "schemas": {
                "Ticket": api_schema.TICKET,
                "Receipt": _whole(RECEIPT),
                "Status": _whole({**RECEIPT, **columns}),
                "Types": _whole({"types": {"type": "array", "items": TYPE}}),
                "Description": {"type": "object", "required": ["openapi", "paths"]},
                "Problem": PROBLEM,
            },
        },
    }


def get_methods(path):
    """Return the methods that an address takes, none for one that there is not.

    :rtype: list[str]
    """
    for template, operations in PATHS.items():
        pattern = "[^/]+".join(map(re.escape, re.split(r"\{\w+\}", template)))
        if re.fullmatch(pattern, path):
            methods = [method.upper() for method in operations]
            return [*methods, "HEAD"] if "GET" in methods else methods
    return []
