from . import (
    api_dispatcher,
    api,
    api_keys,
)
