"""From a graph to a verdict: shape, rules, checkov, waivers."""
