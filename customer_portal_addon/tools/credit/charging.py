"""What is charged for the minutes that were worked, and billed where no credit is left.

Both go by started steps: of an increment, or of a unit that has a price.
"""

MAX_MINUTES = 24 * 60  # of one effort


def charge(worked, minimum=0, increment=1):
    """Return the minutes to charge: in started steps, and not less than the minimum.

    :param int worked: not negative; 0 costs nothing
    :param int minimum: what the shortest effort costs
    :param int increment: the step
    :rtype: int
    :raise ValueError: negative minutes, or no step
    """
    if worked < 0 or minimum < 0 or increment < 1:
        raise ValueError(f"{worked}, {minimum} and {increment} minutes")
    if not worked:
        return 0
    return max(minimum, -(-worked // increment) * increment)


def started_units(minutes, unit):
    """Return how many units of so many minutes were started.

    :param int minutes: not negative
    :param int unit: minutes of one; less than one counts as one
    :rtype: int
    """
    return -(-minutes // max(1, unit))
