"""What must hold for the platform as a whole."""
