"""What workflows have done in the world: each activity looks, decides and acts on its own, and may be tried again."""
