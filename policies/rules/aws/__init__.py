"""Rules about what AWS takes, refuses and replaces."""
