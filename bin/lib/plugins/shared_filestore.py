"""A pytest plugin: workers don't remove each other's files.

pytest-odoo gives each worker a database of its own but all of them one filestore. After
each class Odoo removes the files that its own database doesn't know, those that another
worker has just written among them.
"""

import os


def pytest_collection(session):
    """Leave the files alone; the next database is made anew, and they go with this."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        from odoo.tests.common import TransactionCase

        TransactionCase._gc_filestore = classmethod(lambda cls: None)
