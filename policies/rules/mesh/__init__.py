"""Rules about the mesh."""
