"""Rules by domain."""
