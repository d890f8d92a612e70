package main

import (
	"encoding/json"
	"net/http"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/go-logr/logr"
	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"

	"slipway/tools/validators/protocol"
)

// KEDA's webhook takes its client from a manager. This one starts nothing and answers what the webhook asks it for;
// anything else it would be asked for ends the process.
type idleManager struct {
	manager.Manager
	there  client.Client
	server webhook.Server
}

func (m *idleManager) GetClient() client.Client         { return m.there }
func (m *idleManager) GetRESTMapper() meta.RESTMapper   { return mapper }
func (m *idleManager) GetScheme() *runtime.Scheme       { return scheme }
func (m *idleManager) GetConfig() *rest.Config          { return &rest.Config{} }
func (m *idleManager) GetHTTPClient() *http.Client      { return http.DefaultClient }
func (m *idleManager) GetWebhookServer() webhook.Server { return m.server }
func (m *idleManager) GetLogger() logr.Logger           { return logr.Discard() }

func scaledObject(object []byte, beside [][]byte) ([]string, []string, error) {
	scaler := &keda.ScaledObject{}
	if err := json.Unmarshal(object, scaler); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	there, err := cluster(object, beside)
	if err != nil {
		return nil, nil, err
	}
	idle := &idleManager{there: there, server: webhook.NewServer(webhook.Options{})}
	if err := (&keda.ScaledObject{}).SetupWebhookWithManager(idle, false); err != nil {
		return nil, nil, err
	}
	dryRun := false
	warnings, err := scaler.ValidateCreate(&dryRun)
	// Counted and logged by KEDA, not refused; its controller refuses it a moment later.
	if bounds := keda.CheckReplicaCountBoundsAreValid(scaler); err == nil && bounds != nil {
		err = bounds
	}
	return protocol.Refusals(err), warnings, nil
}

func scaledJob(object []byte, _ [][]byte) ([]string, []string, error) {
	scaler := &keda.ScaledJob{}
	if err := json.Unmarshal(object, scaler); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	dryRun := false
	warnings, err := scaler.ValidateCreate(&dryRun)
	return protocol.Refusals(err), warnings, nil
}

func triggerAuthentication(object []byte, _ [][]byte) ([]string, []string, error) {
	authentication := &keda.TriggerAuthentication{}
	if err := json.Unmarshal(object, authentication); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	dryRun := false
	warnings, err := authentication.ValidateCreate(&dryRun)
	return protocol.Refusals(err), warnings, nil
}

func clusterTriggerAuthentication(object []byte, _ [][]byte) ([]string, []string, error) {
	authentication := &keda.ClusterTriggerAuthentication{}
	if err := json.Unmarshal(object, authentication); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	dryRun := false
	warnings, err := authentication.ValidateCreate(&dryRun)
	return protocol.Refusals(err), warnings, nil
}
