"""Which addresses reach which: VPCs, subnets, gateways, access lists, security groups."""
