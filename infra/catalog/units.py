"""Units that more than one room converts."""

BYTES_PER_GIB = 1024**3
