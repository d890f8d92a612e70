"""Rules about gateways: their limits, their routes and what lies behind them."""
