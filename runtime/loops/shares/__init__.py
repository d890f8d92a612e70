"""Who answers which share: an implementation for each thing that carries weights."""
