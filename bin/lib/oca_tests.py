"""OCA's own portal tests, run on our database, and those that cannot pass there.

Each entry of DESELECTED is a test that asserts what this addon changes on purpose;
the reason stands beside it.
"""

FILE = "helpdesk_mgmt/tests/test_helpdesk_portal.py"

# "Class::test_method": "why it cannot pass with our addon"
DESELECTED: dict[str, str] = {}


def arguments(folder):
    """pytest's arguments for the tests of the OCA package below ``folder``."""
    # pytest names a test outside the repository by nothing but its class.
    options = [f"--deselect=::{name}" for name in DESELECTED]
    return [str(folder / FILE), *options]
