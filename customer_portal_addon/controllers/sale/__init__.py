from . import (
    offers,
    packages,
)
