"""Whether a call is allowed end to end: association, trust, session tags, boundary, session policy, guards."""
