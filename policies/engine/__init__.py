"""How rules run: the resource graph, the rule, reading values, waivers, the policy pack."""
