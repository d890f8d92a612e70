module slipway/tools/validators/protocol

go 1.26
