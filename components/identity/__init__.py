"""IAM: the permissions boundary, roles, who may use keys, pod identities."""
