// Command kubernetes_provider serves Pulumi's own Kubernetes provider.
//
// The provider's module is on the Go proxy; the file of its schema, which its release process generates, is not. The
// engine asks for a schema only where it generates code or runs a program in YAML.
package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	provider.Serve("kubernetes", version.Version, []byte(`{"name":"kubernetes"}`), []byte(`{}`))
}
