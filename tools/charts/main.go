// Command charts renders Helm charts as `helm install` would, without a cluster.
//
// It reads a JSON list of jobs from standard input and writes a JSON list of answers, one a job, in the same order.
// A chart that cannot be rendered gets its error as its answer, so that one of them does not hide the others.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
	helmtime "helm.sh/helm/v3/pkg/time"
	"sigs.k8s.io/yaml"
)

// Job is one release to render, from a folder or a packed chart.
type Job struct {
	Chart      string                 `json:"chart"`
	Release    string                 `json:"release"`
	Namespace  string                 `json:"namespace"`
	Values     map[string]interface{} `json:"values"`
	SkipCRDs   bool                   `json:"skip_crds"`
	Kubernetes string                 `json:"kubernetes"`
	APIs       []string               `json:"apis"`
}

// Answer is what came of a job, or the error. Definitions are those of the folder crds/, which Helm never deletes.
type Answer struct {
	Objects     []map[string]interface{} `json:"objects"`
	Definitions []map[string]interface{} `json:"definitions"`
	RecordBytes int                      `json:"record_bytes"`
	Error       string                   `json:"error,omitempty"`
}

func main() {
	var jobs []Job
	if err := json.NewDecoder(os.Stdin).Decode(&jobs); err != nil {
		fmt.Fprintln(os.Stderr, "charts: the jobs cannot be read:", err)
		os.Exit(2)
	}
	answers := make([]Answer, 0, len(jobs))
	for _, job := range jobs {
		answer, err := render(job)
		if err != nil {
			answer = Answer{Error: err.Error()}
		}
		answers = append(answers, answer)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, "charts: the answers cannot be written:", err)
		os.Exit(2)
	}
}

func render(job Job) (Answer, error) {
	source, err := loader.Load(job.Chart) // each time: to install a chart takes out what its values switch off
	if err != nil {
		return Answer{}, err
	}
	version, err := chartutil.ParseKubeVersion(job.Kubernetes)
	if err != nil {
		return Answer{}, err
	}
	install := action.NewInstall(&action.Configuration{Log: func(string, ...interface{}) {}})
	install.ClientOnly, install.DryRun, install.IncludeCRDs = true, true, false
	install.ReleaseName, install.Namespace, install.SkipCRDs = job.Release, job.Namespace, job.SkipCRDs
	install.KubeVersion, install.APIVersions = version, job.APIs
	made, err := install.Run(source, job.Values)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Objects: []map[string]interface{}{}, Definitions: []map[string]interface{}{}}
	if !job.SkipCRDs {
		for _, definition := range source.CRDObjects() {
			if answer.Definitions, err = add(answer.Definitions, string(definition.File.Data)); err != nil {
				return Answer{}, err
			}
		}
	}
	if answer.Objects, err = add(answer.Objects, made.Manifest); err != nil {
		return Answer{}, err
	}
	for _, hook := range made.Hooks {
		if runs(hook) {
			if answer.Objects, err = add(answer.Objects, hook.Manifest); err != nil {
				return Answer{}, err
			}
		}
	}
	answer.RecordBytes, err = recordBytes(made)
	return answer, err
}

// add appends the objects of a text of YAML documents.
func add(objects []map[string]interface{}, text string) ([]map[string]interface{}, error) {
	next := newDocuments(text)
	for {
		document, err := next()
		if err == io.EOF {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var object map[string]interface{}
		if err := yaml.Unmarshal(document, &object); err != nil {
			return nil, fmt.Errorf("what it renders is no YAML: %w", err)
		}
		if len(object) > 0 {
			objects = append(objects, object)
		}
	}
}

// runs says whether a hook is run by an install or an update; tests and deletions are somebody else's decision.
func runs(hook *release.Hook) bool {
	for _, event := range hook.Events {
		switch event {
		case release.HookPreInstall, release.HookPostInstall, release.HookPreUpgrade, release.HookPostUpgrade:
			return true
		}
	}
	return false
}

// drawn is a PEM block as base64: a key or a certificate that a chart draws anew with every rendering.
var drawn = regexp.MustCompile(`LS0tLS1CRUdJTi[A-Za-z0-9+/=]+`)

// asLongAs is the length of a key of 2048 bits, written so; certificates are shorter.
const asLongAs = 2236

// withoutChance puts a text of one length, and as hard to pack, in the place of each drawn one: the size of a record is
// then the same on every machine. What stands twice stands twice.
func withoutChance(text string) string {
	places := map[string]string{}
	return drawn.ReplaceAllStringFunc(text, func(found string) string {
		if _, known := places[found]; !known {
			var packed strings.Builder
			for sum := sha256.Sum256([]byte{byte(len(places))}); packed.Len() < asLongAs; sum = sha256.Sum256(sum[:]) {
				packed.WriteString(base64.RawStdEncoding.EncodeToString(sum[:]))
			}
			places[found] = packed.String()[:asLongAs]
		}
		return places[found]
	})
}

// recordBytes is the size of the Secret's data in which Helm keeps a release: JSON, compressed, as base64.
func recordBytes(made *release.Release) (int, error) {
	then := helmtime.Unix(0, 0)
	made.Info.FirstDeployed, made.Info.LastDeployed = then, then
	made.Info.Status = release.StatusDeployed
	made.Manifest = withoutChance(made.Manifest)
	for _, hook := range made.Hooks {
		hook.Manifest = withoutChance(hook.Manifest)
	}
	text, err := json.Marshal(made)
	if err != nil {
		return 0, err
	}
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := writer.Write(text); err != nil {
		return 0, err
	}
	if err := writer.Close(); err != nil {
		return 0, err
	}
	return base64.StdEncoding.EncodedLen(packed.Len()), nil
}
