"""The loop on one machine: a real gateway, real alerts, a real durable engine and a genuine model, on loopback."""
