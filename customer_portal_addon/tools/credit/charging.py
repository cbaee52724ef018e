"""What support costs: the minutes that are charged, and what pays for them."""

MAX_MINUTES = 24 * 60  # of one effort


def charge(worked, minimum=0, step=1):
    """Return the minutes to charge: in started steps, and not less than the minimum.

    :param int worked: not negative; 0 costs nothing
    :param int minimum: what the shortest effort costs
    :param int step: minutes that are rounded up to
    :rtype: int
    :raise ValueError: negative minutes, or no step
    """
    if worked < 0 or minimum < 0 or step < 1:
        raise ValueError(f"{worked}, {minimum} and {step} minutes")
    if not worked:
        return 0
    return max(minimum, -(-worked // step) * step)


def allocate(lots, minutes):
    """Take minutes from lots in their order.

    :param lots: iterable of (lot, minutes left in it), none of them empty
    :param int minutes: wanted, positive
    :return: (lot, minutes taken) of the lots that are touched, and the minutes that
        none of them had
    :rtype: tuple[list, int]
    :raise ValueError: a lot is empty or overdrawn, or nothing is wanted
    """
    if minutes <= 0:
        raise ValueError(f"{minutes} minutes can't be taken")
    taken = []
    for lot, left in lots:
        if left <= 0:
            raise ValueError(f"Lot {lot} has {left} minutes left")
        if not minutes:
            break
        part = min(left, minutes)
        taken.append((lot, part))
        minutes -= part
    return taken, minutes


def started_units(minutes, unit):
    """Return how many units of so many minutes were started.

    :param int minutes: not negative
    :param int unit: minutes of one; less than one counts as one
    :rtype: int
    """
    return -(-minutes // max(1, unit))
