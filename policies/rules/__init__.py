"""What must hold, by domain."""
