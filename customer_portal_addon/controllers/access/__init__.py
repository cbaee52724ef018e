from . import (
    access,
    mail_links,
    oauth,
)
