"""What must hold for resources of AWS."""
