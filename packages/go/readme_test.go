package pgque_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	pgque "github.com/NikolayS/pgque-go"
)

// Examples run, so what stands in both places does.
func TestEverySnippetOfTheREADMEIsPartOfAnExample(t *testing.T) {
	t.Parallel()
	examples := undented(string(must(os.ReadFile("example_test.go"))(t)))
	text := readme(t) + string(must(os.ReadFile("../../README.md"))(t))
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(text, -1)
	wantEqual(t, len(snippets) > 7, true)
	for _, snippet := range snippets {
		if !strings.Contains(examples, undented(snippet[1])) {
			t.Errorf("no example has:\n%s", snippet[1])
		}
	}
}

func TestTheREADMENamesEveryMethodAndEveryCode(t *testing.T) {
	t.Parallel()
	text := readme(t)
	operations := reflect.TypeFor[*pgque.Operations]()
	for at := range operations.NumMethod() {
		if name := operations.Method(at).Name; !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s is not there", name)
		}
	}
	source := string(must(os.ReadFile("errors.go"))(t))
	for _, found := range regexp.MustCompile(`(Err\w+) Code = `).FindAllStringSubmatch(source, -1) {
		if !strings.Contains(text, "`"+found[1]+"`") {
			t.Errorf("%s is not there", found[1])
		}
	}
}

func readme(t *testing.T) string {
	t.Helper()
	return string(must(os.ReadFile("README.md"))(t))
}

// undented are lines without what stands before them.
func undented(text string) string {
	return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(text, "")
}
