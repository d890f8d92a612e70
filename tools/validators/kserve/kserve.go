package main

import (
	"context"
	"encoding/json"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha2"
	"github.com/kserve/kserve/pkg/apis/serving/v1beta1"
	"github.com/kserve/kserve/pkg/constants"
	"github.com/kserve/kserve/pkg/webhook/admission/servingruntime"

	"slipway/tools/validators/protocol"
)

// The mode that our release of the chart sets for services that name none.
var deployment = &v1beta1.DeployConfig{DefaultDeploymentMode: string(constants.Standard)}

// As the server does it: the defaulter first, then the validator.
func inferenceService(object []byte, _ [][]byte) ([]string, []string, error) {
	service := &v1beta1.InferenceService{}
	if err := json.Unmarshal(object, service); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	service.DefaultInferenceService(&v1beta1.InferenceServicesConfig{}, deployment, nil, nil, nil)
	warnings, err := (&v1beta1.InferenceServiceValidator{}).ValidateCreate(context.Background(), service)
	return protocol.Refusals(err), warnings, nil
}

func languageModel(object []byte, _ [][]byte) ([]string, []string, error) {
	model := &v1alpha2.LLMInferenceService{}
	if err := json.Unmarshal(object, model); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	model.SetDefaults(context.Background())
	warnings, err := (&v1alpha2.LLMInferenceServiceValidator{}).ValidateCreate(context.Background(), model)
	return protocol.Refusals(err), warnings, nil
}

func languageModelConfig(object []byte, _ [][]byte) ([]string, []string, error) {
	config := &v1alpha2.LLMInferenceServiceConfig{}
	if err := json.Unmarshal(object, config); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	warnings, err := (&v1alpha2.LLMInferenceServiceConfigValidator{}).ValidateCreate(context.Background(), config)
	return protocol.Refusals(err), warnings, nil
}

func inferenceGraph(object []byte, _ [][]byte) ([]string, []string, error) {
	graph := &v1alpha1.InferenceGraph{}
	if err := json.Unmarshal(object, graph); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	warnings, err := (&v1alpha1.InferenceGraphValidator{}).ValidateCreate(context.Background(), graph)
	return protocol.Refusals(err), warnings, nil
}

func trainedModel(object []byte, _ [][]byte) ([]string, []string, error) {
	model := &v1alpha1.TrainedModel{}
	if err := json.Unmarshal(object, model); err != nil {
		return protocol.Refusals(err), nil, nil
	}
	warnings, err := (&v1alpha1.TrainedModelValidator{}).ValidateCreate(context.Background(), model)
	return protocol.Refusals(err), warnings, nil
}

func clusterServingRuntime(object []byte, beside [][]byte) ([]string, []string, error) {
	there, err := cluster(object, beside)
	if err != nil {
		return nil, nil, err
	}
	return handled(&servingruntime.ClusterServingRuntimeValidator{Client: there, Decoder: admission.NewDecoder(scheme)}, object)
}

func servingRuntime(object []byte, beside [][]byte) ([]string, []string, error) {
	there, err := cluster(object, beside)
	if err != nil {
		return nil, nil, err
	}
	return handled(&servingruntime.ServingRuntimeValidator{Client: there, Decoder: admission.NewDecoder(scheme)}, object)
}

// These two take the request itself. The object stands among the others already, as on an update: the
// comparison of formats within one runtime happens only while some runtime is listed.
func handled(handler admission.Handler, object []byte) ([]string, []string, error) {
	var head protocol.Head
	if err := json.Unmarshal(object, &head); err != nil {
		return nil, nil, err
	}
	request := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		Name: head.Metadata.Name, Namespace: head.Metadata.Namespace,
		Operation: admissionv1.Create, Object: runtime.RawExtension{Raw: object},
	}}
	response := handler.Handle(context.Background(), request)
	if response.Allowed {
		return nil, response.Warnings, nil
	}
	return []string{response.Result.Message}, response.Warnings, nil
}
