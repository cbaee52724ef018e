from . import (
    credit,
)
