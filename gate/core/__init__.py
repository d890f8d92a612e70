"""What the rooms of the gate share, and small questions about stacks."""
