module slipway/tools

go 1.26
