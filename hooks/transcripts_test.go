package hooks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/runwire/runwire/hooks/hooktest"
)

// TestTranscripts plays every file under testdata but what the fuzzer keeps there. A file shows one
// behaviour, which its first line claims; hooktest.Transcript explains the words.
//
// After a change in behaviour: go test ./hooks -run Transcripts -rewrite, and read the diff as code.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".txt")
		t.Run(name, func(t *testing.T) {
			checkClaim(t, file)
			transcript := hooktest.NewTranscript()
			datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
				var args []string
				words := hooktest.Words{}
				for _, arg := range d.CmdArgs {
					if len(arg.Vals) == 0 {
						args = append(args, arg.Key)
					}
					words[arg.Key] = arg.Vals
				}
				out, err := transcript.Perform(d.Cmd, args, words, d.Input)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				return out
			})
			transcript.CloseAll()
			if transcript.Violation != "" {
				t.Error(transcript.Violation)
			}
		})
	}
}

// checkClaim sees to it that a transcript opens by saying what it shows.
func checkClaim(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	claim, _, _ := strings.Cut(string(text), "\n")
	if !strings.HasPrefix(claim, "# ") || !strings.HasSuffix(claim, ".") {
		t.Errorf("line one is %q, want a comment with a sentence: the claim", claim)
	}
}
