"""The workflows: code without clock, chance and input or output, so that every history replays."""
