from . import (
    ticket,
    mail,
    api,
    credit,
)
