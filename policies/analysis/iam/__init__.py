"""IAM reasoned about: documents, conditions, who an identity is, and what it may do in the end."""
