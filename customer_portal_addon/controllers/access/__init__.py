from . import (
    access,
    addresses,
    mail_links,
    oauth,
)
