from . import (
    company,
)
