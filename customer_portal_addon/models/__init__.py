from . import (
    base,
    access,
    form,
    sale,
    customer,
    credit,
    knowledge,
    mail,
    public,
    api,
    ticket,
)
