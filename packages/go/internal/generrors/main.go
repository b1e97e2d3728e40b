// Command generrors writes codes_generated.go from the engine's registry of SQLSTATEs. Run it in the folder of the module;
// with -check it only compares, and fails on a difference.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"log"
	"os"
	"strings"
)

const (
	registry = "../../sql/errors.json"
	target   = "codes_generated.go"
)

type registered struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
}

func main() {
	log.SetFlags(0)
	isCheck := flag.Bool("check", false, "compare only")
	flag.Parse()
	text, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	if !*isCheck {
		if err := os.WriteFile(target, text, 0o644); err != nil {
			log.Fatal(err)
		}
		return
	}
	if found, err := os.ReadFile(target); err != nil || !bytes.Equal(found, text) {
		log.Fatalf("%s is stale: run go generate in packages/go", target)
	}
}

func generate() ([]byte, error) {
	text, err := os.ReadFile(registry)
	if err != nil {
		return nil, err
	}
	var errors []registered
	if err := json.Unmarshal(text, &errors); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("// Code generated from sql/errors.json by internal/generrors. DO NOT EDIT.\n\npackage pgque\n\n")
	out.WriteString("// What the engine raises with a SQLSTATE of its own.\nconst (\n")
	for _, each := range errors {
		fmt.Fprintf(&out, "\t// %s: SQLSTATE %s. %s\n\t%[1]s Code = %[4]q\n", constant(each.Name), each.Code, each.Meaning, each.Name)
	}
	out.WriteString(")\n\nvar codeOfSQLState = map[string]Code{\n")
	for _, each := range errors {
		fmt.Fprintf(&out, "\t%q: %s,\n", each.Code, constant(each.Name))
	}
	out.WriteString("}\n")
	return format.Source(out.Bytes())
}

// constant turns queue_not_found into ErrQueueNotFound.
func constant(name string) string {
	var out strings.Builder
	out.WriteString("Err")
	for word := range strings.SplitSeq(name, "_") {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}
