"""How long a login lasts: by its last page and by its beginning."""

NOTED_EVERY = 300  # seconds; a session is not saved with each page


def start(login, now):
    """Return what a session remembers of a login.

    :param str login: what tells this login from the next one in the same session
    :param int now: seconds since 1970
    :rtype: dict
    """
    return {"login": login, "since": now, "seen": now}


def ended(age, now, idle, absolute):
    """Tell why a login has ended.

    :param dict age: see :func:`start`
    :param int now: seconds since 1970
    :param int idle: seconds, 0: no end
    :param int absolute: seconds, 0: no end
    :return: ``idle``, ``absolute``, or None if it goes on
    :rtype: str or None
    """
    if idle and now - age["seen"] > idle + NOTED_EVERY:
        return "idle"
    if absolute and now - age["since"] > absolute:
        return "absolute"
    return None


def is_noted(age, now):
    """Tell whether a page of this moment need not be noted."""
    return 0 <= now - age["seen"] < NOTED_EVERY
