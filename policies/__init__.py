"""What must hold: rules over records, each module mirroring a component."""
