"""What objects in view need to live, against every policy that could close it."""
