// What istiod's webhook refuses, said by its own code.
package main

import (
	"encoding/json"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	telemetry "istio.io/api/telemetry/v1alpha1"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/config/validation"

	"slipway/tools/validators/protocol"
)

// A kind of Istio's: what its spec is made of, and who validates it.
type kind struct {
	group    config.GroupVersionKind
	spec     func() config.Spec
	validate validation.ValidateFunc
}

var kinds = []kind{
	{gvk.AuthorizationPolicy, func() config.Spec { return &security.AuthorizationPolicy{} }, validation.ValidateAuthorizationPolicy},
	{gvk.PeerAuthentication, func() config.Spec { return &security.PeerAuthentication{} }, validation.ValidatePeerAuthentication},
	{gvk.RequestAuthentication, func() config.Spec { return &security.RequestAuthentication{} }, validation.ValidateRequestAuthentication},
	{gvk.Telemetry, func() config.Spec { return &telemetry.Telemetry{} }, validation.ValidateTelemetry},
	{gvk.DestinationRule, func() config.Spec { return &networking.DestinationRule{} }, validation.ValidateDestinationRule},
	{gvk.Gateway, func() config.Spec { return &networking.Gateway{} }, validation.ValidateGateway},
	{gvk.VirtualService, func() config.Spec { return &networking.VirtualService{} }, validation.ValidateVirtualService},
	{gvk.ServiceEntry, func() config.Spec { return &networking.ServiceEntry{} }, validation.ValidateServiceEntry},
	{gvk.Sidecar, func() config.Spec { return &networking.Sidecar{} }, validation.ValidateSidecar},
}

func main() {
	checks := map[string]protocol.Check{}
	for _, known := range kinds {
		// Versions of one kind share one schema, and istiod asks for none.
		for _, version := range []string{"v1", "v1beta1", "v1alpha3", "v1alpha1"} {
			checks[known.group.Group+"/"+version+" "+known.group.Kind] = known.check
		}
	}
	protocol.Serve(checks)
}

func (k kind) check(object []byte, _ [][]byte) ([]string, []string, error) {
	var whole struct {
		Metadata struct {
			Name        string            `json:"name"`
			Namespace   string            `json:"namespace"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
		Spec json.RawMessage `json:"spec"`
	}
	if err := json.Unmarshal(object, &whole); err != nil {
		return nil, nil, err
	}
	spec := k.spec()
	if len(whole.Spec) > 0 {
		if err := json.Unmarshal(whole.Spec, spec); err != nil {
			return protocol.Refusals(err), nil, nil
		}
	}
	warning, err := k.validate(config.Config{
		Meta: config.Meta{
			GroupVersionKind: k.group, Name: whole.Metadata.Name, Namespace: whole.Metadata.Namespace,
			Labels: whole.Metadata.Labels, Annotations: whole.Metadata.Annotations,
		},
		Spec: spec,
	})
	if warning != nil {
		return protocol.Refusals(err), []string{warning.Error()}, nil
	}
	return protocol.Refusals(err), nil, nil
}
