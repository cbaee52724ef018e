"""Odoo as a program of its own, alone in its folder.

With workers Odoo starts itself once more for websockets, by the file it was started
from; that fails for ``python -m odoo``.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
