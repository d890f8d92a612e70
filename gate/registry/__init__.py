"""An index of records, events, evaluations, lineage and what serves where, which one can ask. Git stays the truth."""
