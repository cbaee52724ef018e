"""Tests of the repository as a whole; those of the addon are in its own folder."""

import sys
from pathlib import Path

# Last, so that no module of our commands hides one of Odoo's.
sys.path.append(str(Path(__file__).resolve().parents[1] / "bin" / "lib"))
