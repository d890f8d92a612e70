"""What a stack says about itself."""
