package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheGoOfTheReadmeCompiles builds the Go quick start as a function of a program. The React quick start is
// compiled by npm/test/readme.test.ts.
func TestTheGoOfTheReadmeCompiles(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read(t, "../README.md"), -1)
	if len(blocks) == 0 {
		t.Fatal("the README has no Go")
	}
	for _, block := range blocks {
		program := `package main

import (
	"context"
	"fmt"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/drive/nethttp"
)

func main() { fmt.Println(follow(context.Background(), "token", "run_1")) }

func follow(ctx context.Context, accessToken, runID string) error {
` + block[1] + `
	return nil
}
`
		file := filepath.Join(t.TempDir(), "readme.go")
		if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
			t.Fatal(err)
		}
		build := exec.Command("go", "build", "-o", os.DevNull, file)
		build.Dir = ".."
		if out, err := build.CombinedOutput(); err != nil {
			t.Errorf("%s\n%s", out, block[1])
		}
	}
}

// TestTheReadmeNamesWhatItWasTriedWith compares the versions and the line for esbuild in the package's README with what
// the browser tests install and build.
func TestTheReadmeNamesWhatItWasTriedWith(t *testing.T) {
	readme := read(t, "../npm/README.md")
	for tool, manifest := range map[string]string{
		"Vite":    "browser/package.json",
		"webpack": "browser/bundlers/webpack/package.json",
		"Next.js": "browser/bundlers/next-turbopack/package.json",
		"esbuild": "browser/bundlers/esbuild/package.json",
		"Jest":    "browser/bundlers/jest/package.json",
		"Vitest":  "browser/bundlers/vitest/package.json",
	} {
		name := strings.TrimSuffix(strings.ToLower(tool), ".js")
		version := regexp.MustCompile(`"` + name + `": "([\d.]+)"`).FindStringSubmatch(read(t, manifest))
		if version == nil {
			t.Errorf("%s pins no %s", manifest, name)
		} else if !strings.Contains(readme, tool+" "+version[1]) {
			t.Errorf("npm/README.md does not say that %s %s was tried", tool, version[1])
		}
	}
	line := regexp.MustCompile("esbuild [\\d.]+ \\| `(.*)`").FindStringSubmatch(readme)
	if line == nil || !strings.Contains(read(t, "browser/bundlers/esbuild/package.json"), line[1]) {
		t.Errorf("the line for esbuild in npm/README.md is not the one that is tried: %q", line)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
