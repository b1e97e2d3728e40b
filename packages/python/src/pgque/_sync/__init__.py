# Generated from ../_async/__init__.py by scripts/derive_sync.py.
"""The synchronous client and consumer."""
