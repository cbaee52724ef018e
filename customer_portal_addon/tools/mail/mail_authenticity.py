"""What the receiving mail server found out about a sender (RFC 8601)."""

import re

MAX_LENGTH = 10000


def read_verdict(headers, sender):
    """Return what the topmost ``Authentication-Results`` say about the sender.

    Only that one: the receiving server puts its own above those that came along.

    :param email.message.EmailMessage headers: the mail
    :param str sender: the address that it claims to be from
    :return: ``pass``, ``fail`` or ``unknown``, and the name of the server that says so
    :rtype: tuple[str, str]
    """
    text = next(
        (
            str(value)
            for name, value in headers.raw_items()
            if name.lower() == "authentication-results"
        ),
        "",
    )
    plain = _without_comments(text[:MAX_LENGTH])
    if not plain:
        return "unknown", ""
    server, *results = plain.split(";")
    server = (server.split() or [""])[0].lower()
    found = [result for result in map(_read_result, results) if result]
    return _judge(found, sender.rpartition("@")[2].lower()), server


def _without_comments(text):
    """Return the text without comments; nothing in quotes separates anything.

    The server repeats there what the sender has chosen.

    :return: empty when quotes or brackets don't match
    """
    plain, depth, quoted, escaped = [], 0, False, False
    for char in text:
        if escaped:
            escaped, char = False, "_"
        elif char == "\\" and (quoted or depth):
            escaped = True
            continue
        elif char == '"' and not depth:
            quoted = not quoted
            continue
        elif char == "(" and not quoted:
            depth += 1
            continue
        elif char == ")" and depth and not quoted:
            depth -= 1
            char = " "
        if depth:
            continue
        plain.append("_" if quoted and not (char.isalnum() or char in "@.-") else char)
    return "" if depth or quoted else "".join(plain)


def _read_result(text):
    """Return method, result and properties of one result, None when it is none."""
    text = re.sub(r"\s*=\s*", "=", text).lower()
    method, *properties = text.split() or [""]
    match = re.fullmatch(r"([\w-]+)(?:/\d+)?=(\w+)", method)
    if not match:
        return None
    values = dict(prop.split("=", 1) for prop in properties if prop.count("=") == 1)
    return match[1], match[2], values


def _judge(results, domain):
    """Weigh the results: DMARC decides, without one SPF and DKIM do."""
    said = {(method, result) for method, result, _values in results}
    if ("dmarc", "fail") in said:
        return "fail"
    if ("dmarc", "pass") in said:
        return "pass"
    if any(_proves(*result, domain) for result in results):
        return "pass"
    if ("spf", "fail") in said and ("dkim", "pass") not in said:
        return "fail"
    return "unknown"


def _proves(method, result, values, domain):
    """Tell whether a result is about the domain that the sender claims."""
    if result != "pass":
        return False
    names = {
        "dkim": ("header.d", "header.i"),
        "spf": ("smtp.mailfrom", "smtp.from"),
    }.get(method, ())
    proven = [values[name].rpartition("@")[2] for name in names if values.get(name)]
    return any(_is_aligned(name, domain) for name in proven)


def _is_aligned(one, other):
    shorter, longer = sorted((one.strip("."), other.strip(".")), key=len)
    if "." not in shorter:
        return False
    return shorter == longer or longer.endswith(f".{shorter}")
