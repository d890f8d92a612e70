"""checkov's findings on a stack."""
