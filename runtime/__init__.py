"""Programs that the platform runs in the cluster: they need Python, and what runtime/requirements.txt locks."""
