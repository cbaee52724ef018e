from . import (
    replica,
    replica_files,
    security_txt,
)
