from . import (
    base,
    ticket,
    mail,
    api,
    credit,
)
