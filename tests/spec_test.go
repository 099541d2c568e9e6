package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheSpecNamesTestsThatExist reads SPEC.md: every test and every transcript that it says keeps an invariant
// must be there.
func TestTheSpecNamesTestsThatExist(t *testing.T) {
	spec, err := os.ReadFile("../SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := testSources(t)
	tests := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`").FindAllStringSubmatch(string(spec), -1)
	for _, name := range tests {
		if !strings.Contains(sources, "func "+name[1]+"(") {
			t.Errorf("SPEC.md names %s, which no package has", name[1])
		}
	}
	transcripts := regexp.MustCompile("`((?:run|runs|stream|streams|packet|page|retrieve|status|token|mutation)/[a-z0-9_ ]*)`").FindAllStringSubmatch(string(spec), -1)
	for _, name := range transcripts {
		if _, err := os.Stat(filepath.Join("../hooks/testdata", name[1]+".txt")); err != nil {
			t.Errorf("SPEC.md names transcript %s: %v", name[1], err)
		}
	}
	if len(tests) == 0 || len(transcripts) == 0 {
		t.Errorf("SPEC.md names %d tests and %d transcripts", len(tests), len(transcripts))
	}
}

// testSources returns all tests of the packages that SPEC.md is about.
func testSources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"../hooks/*_test.go", "../hooks/*/*_test.go", "../hooks/*/*/*_test.go", "../wasm/*_test.go", "../wasm/*/*_test.go", "browser/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(source)
		}
	}
	return all.String()
}
