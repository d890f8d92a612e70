// Package protocol is how the tool and a validator talk: a question a line of JSON on stdin, an answer a line on stdout.
package protocol

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// Question is one object, and the objects that stand beside it when it is applied.
type Question struct {
	Object json.RawMessage   `json:"object"`
	Beside []json.RawMessage `json:"beside"`
}

// Answer to a question. Without Checked nothing was asked of anybody, which is not the same as nothing refused.
type Answer struct {
	Checked  bool     `json:"checked"`
	Refusals []string `json:"refusals"`
	Warnings []string `json:"warnings"`
}

// Check says what a controller refuses about one object. An error means that it could not be found out.
type Check func(object []byte, beside [][]byte) (refusals []string, warnings []string, err error)

// Head is what every object says of itself.
type Head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

// Key is a kind as the table of checks names it.
func (h Head) Key() string { return h.APIVersion + " " + h.Kind }

// Serve answers every question with the check for its kind, in order. Whatever goes wrong ends the process: the tool
// counts answers, so a missing one is never taken for a yes.
func Serve(checks map[string]Check) {
	if err := serve(os.Stdin, os.Stdout, checks); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer, checks map[string]Check) error {
	lines := bufio.NewReader(in)
	answers := json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		answer, err := ask(line, checks)
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
}

func ask(line []byte, checks map[string]Check) (Answer, error) {
	var question Question
	if err := json.Unmarshal(line, &question); err != nil {
		return Answer{}, fmt.Errorf("not a question: %w", err)
	}
	var head Head
	if err := json.Unmarshal(question.Object, &head); err != nil {
		return Answer{}, fmt.Errorf("not an object: %w", err)
	}
	check, found := checks[head.Key()]
	if !found {
		return Answer{Refusals: []string{}, Warnings: []string{}}, nil
	}
	beside := make([][]byte, 0, len(question.Beside))
	for _, other := range question.Beside {
		beside = append(beside, other)
	}
	refusals, warnings, err := asked(check, question.Object, beside)
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: %w", head.Kind, head.Metadata.Name, err)
	}
	return Answer{Checked: true, Refusals: append([]string{}, refusals...), Warnings: append([]string{}, warnings...)}, nil
}

// A panic refuses: controller-runtime recovers it in the webhook and answers with an error, and the object is not stored.
func asked(check Check, object []byte, beside [][]byte) (refusals []string, warnings []string, err error) {
	defer func() {
		if said := recover(); said != nil {
			refusals = []string{fmt.Sprintf("the validator panics: %v", said)}
		}
	}()
	return check(object, beside)
}

// Refusals of an error: none of none.
func Refusals(err error) []string {
	if err == nil {
		return nil
	}
	return []string{err.Error()}
}
