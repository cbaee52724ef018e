"""Which lot of prepaid minutes pays for what."""


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
