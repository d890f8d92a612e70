"""What must hold for what serves models."""
