from . import (
    base,
    access,
    customer,
    ticket,
    form,
    public,
    api,
    credit,
    sale,
    knowledge,
)
