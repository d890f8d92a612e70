"""Events that workflows append: signed, each once, in the files that everybody reads."""
