"""What has to exist before the first `up`: trust in GitHub, the state store, deploy roles, boundaries."""
