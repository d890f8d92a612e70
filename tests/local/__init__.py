"""The loops on one machine, as people play them. Not part of ``make test``: ``make test-local`` runs it."""
