"""What every other component stands on: names, lifecycles, and what an account holds before its first platform."""
