"""Asking an account and a cluster, read-only: ``slipway doctor`` and ``slipway status``.

What a stack should be is worked out here, in the program's environment (:mod:`gate.live.plan`). What is there is asked
by :mod:`gate.live.ask`, a program in an environment of its own: boto3 is no part of what `make preview` installs.
"""
