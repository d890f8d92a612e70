// What Karpenter's controller and Envoy Gateway's refuse once the API server has taken an object, said by their own code.
package main

import (
	"context"
	"encoding/json"

	// Tells Karpenter which labels are AWS's, as its own binary does.
	_ "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	gateway "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/api/v1alpha1/validation"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"

	"slipway/tools/validators/protocol"
)

func main() {
	protocol.Serve(map[string]protocol.Check{
		"karpenter.sh/v1 NodePool":                  nodePool,
		"gateway.envoyproxy.io/v1alpha1 EnvoyProxy": envoyProxy,
	})
}

func nodePool(object []byte, _ [][]byte) ([]string, []string, error) {
	pool := &karpenter.NodePool{}
	if err := json.Unmarshal(object, pool); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	return protocol.Refusals(pool.RuntimeValidate(context.Background())), nil, nil
}

func envoyProxy(object []byte, _ [][]byte) ([]string, []string, error) {
	proxy := &gateway.EnvoyProxy{}
	if err := json.Unmarshal(object, proxy); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	return protocol.Refusals(validation.ValidateEnvoyProxy(proxy)), nil, nil
}
