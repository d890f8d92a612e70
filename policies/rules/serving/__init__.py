"""What must hold for models and their scalers."""
