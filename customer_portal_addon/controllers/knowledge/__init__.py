from . import (
    knowledge_base,
)
