from . import (
    support_api_key_show,
    support_api_key_wizard,
)
