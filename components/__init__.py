"""What gets provisioned: one component a file."""
