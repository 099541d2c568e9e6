package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheGoOfTheReadmeCompiles builds the Go quick start as a function of a program. The React quick start is
// compiled by npm/test/readme.test.ts.
func TestTheGoOfTheReadmeCompiles(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
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
` + string(block[1]) + `
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
