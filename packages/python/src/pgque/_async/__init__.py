"""The asynchronous client and consumer: the source of which scripts/derive_sync.py makes the package `_sync`."""
