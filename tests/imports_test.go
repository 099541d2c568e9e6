// Package tests holds what no single package owns. This file keeps the arrows between packages.
package tests

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/runwire/runwire/"

// The packages with rules of their own, by what they have in common. A name that ends in /... stands for what is below it too.
var (
	// machines are given events and return commands.
	machines = []string{"hooks", "hooks/shape", "hooks/sse", "hooks/api", "hooks/rawjson", "hooks/hooktest"}
	// protocols are read, fuzzed and reused one by one.
	protocols = []string{"hooks/shape", "hooks/sse", "hooks/api"}
	// compiledByTinyGo is what becomes runtime.wasm.
	compiledByTinyGo = []string{"wasm", "hooks/drive", "hooks", "hooks/shape", "hooks/sse", "hooks/api", "hooks/rawjson"}
	// shipped is what users get, as modules or in a binary.
	shipped = []string{"wasm", "jsbridge", "hooks", "hooks/drive/...", "hooks/shape", "hooks/sse", "hooks/api", "hooks/rawjson", "web/...", "cmd/..."}
)

// ban says what packages never import directly. Indirect imports do not count: built for js, even net/url reaches syscall/js.
type ban struct {
	packages []string
	imports  []string
	because  string
	world    string // the only one in which it holds; all, if empty
}

var bans = []ban{
	{machines, []string{"syscall/js", "github.com/hack-pad/safejs", "net", "net/http", "os", "log", "log/slog", "sync", "sync/atomic", "context"},
		"a machine performs nothing and is called by one goroutine", ""},
	{machines, []string{module + "hooks/drive/...", module + "jsbridge", module + "wasm", module + "web/..."},
		"imports follow the arrows, downwards only: what performs commands knows the machines, and not the reverse", ""},
	{protocols, []string{module + "hooks", module + "hooks/shape", module + "hooks/sse", module + "hooks/api"},
		"each protocol can be read, fuzzed and reused alone", ""},
	{[]string{"hooks/rawjson"}, []string{module + "..."},
		"it reads JSON text and knows nothing that the text is about", ""},
	{[]string{"hooks/drive"}, []string{"github.com/hack-pad/safejs", "syscall/js", "net/http", module + "hooks/drive/nethttp", module + "jsbridge"},
		"it knows a host and a clock, not a world", ""},
	{[]string{"hooks/drive/nethttp"}, []string{module + "jsbridge", module + "wasm", module + "web/..."},
		"a Go service needs no browser", ""},
	{[]string{"jsbridge"}, []string{module + "wasm", module + "web/...", module + "hooks/drive/nethttp"},
		"it is one of the worlds, and knows none of its users", ""},
	{[]string{"web/emulator"}, []string{module + "hooks", module + "hooks/shape", module + "hooks/sse", module + "hooks/drive/...", module + "jsbridge"},
		"sharing the client's logic, it would agree with its bugs; the genuine packages check it (web/emulator/judge)", ""},
	{[]string{"web/components"}, []string{module + "web/emulator", module + "web/demo/..."},
		"views are for everybody's backend", ""},
	{shipped, []string{module + "hooks/hooktest", module + "tests/...", "testing", "github.com/chromedp/..."},
		"what only tests need is not shipped", ""},
	{compiledByTinyGo, []string{"fmt", "encoding/json", "reflect", "regexp", "net/url", "sync", "os"},
		"each of them costs the download more kilobytes than the budget has (DESIGN.md, D2 and D3)", tinygo},
}

// worlds are the builds, each of which selects other files.
var worlds = []struct {
	name     string
	env      []string
	tags     string
	packages []string
}{
	{"native", nil, "", []string{"./..."}},
	{"js/wasm", []string{"GOOS=js", "GOARCH=wasm"}, "", []string{"./..."}},
	{tinygo, []string{"GOOS=linux", "GOARCH=arm"}, "tinygo", prefixed("./", compiledByTinyGo)},
}

const tinygo = "TinyGo"

func TestImportsFollowTheArrows(t *testing.T) {
	for _, world := range worlds {
		t.Run(world.name, func(t *testing.T) {
			imports := list(t, world.env, world.tags, world.packages)
			for _, b := range bans {
				if b.world != "" && b.world != world.name {
					continue
				}
				for name, imported := range imports {
					if !among(b.packages, strings.TrimPrefix(name, module)) {
						continue
					}
					for _, path := range imported {
						if path != name && among(b.imports, path) {
							t.Errorf("%s imports %s: %s", name, path, b.because)
						}
					}
				}
			}
		})
	}
}

// list returns the direct imports of each package in a world, without those of its tests.
func list(t *testing.T, env []string, tags string, packages []string) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-tags=" + tags, "-f={{.ImportPath}}{{range .Imports}} {{.}}{{end}}"}, packages...)...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), append(env, "CGO_ENABLED=0")...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.String())
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(output)) {
		words := strings.Fields(line)
		if !strings.Contains(words[0], "/node_modules/") { // some npm packages bring Go files along
			imports[words[0]] = words[1:]
		}
	}
	if len(imports) < len(packages) {
		t.Fatalf("%v found %d packages", cmd, len(imports))
	}
	return imports
}

// among says whether a name is in a list in which /... stands for the name before it and all that is below.
func among(list []string, name string) bool {
	for _, entry := range list {
		above, isTree := strings.CutSuffix(entry, "/...")
		if name == entry || isTree && (name == above || strings.HasPrefix(name, above+"/")) {
			return true
		}
	}
	return false
}

func prefixed(prefix string, names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, prefix+name)
	}
	return all
}

// What a machine never does, even with what it may import: a replay must be identical, so time is an argument, and
// chance a seeded source in the Runtime.
var calls = map[string][]string{
	"time":         {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"},
	"math/rand/v2": {"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint32", "Uint32N", "Uint64", "Uint64N", "N", "Float32", "Float64", "NormFloat64", "ExpFloat64", "Perm", "Shuffle"},
}

func TestMachinesReadNoClockAndStartNothing(t *testing.T) {
	for _, machine := range append([]string{"hooks/drive", "wasm"}, machines...) {
		for _, file := range parse(t, machine) {
			names := importNames(t, file.syntax)
			ast.Inspect(file.syntax, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.GoStmt:
					t.Errorf("%s starts a goroutine: nothing would schedule it in runtime.wasm, and a replay would not be identical", file.at(node))
				case *ast.SelectorExpr:
					owner, ok := node.X.(*ast.Ident)
					if ok && owner.Obj == nil && among(calls[names[owner.Name]], node.Sel.Name) {
						t.Errorf("%s uses %s.%s: a replay must be identical", file.at(node), owner.Name, node.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

type file struct {
	syntax *ast.File
	set    *token.FileSet
}

func (f file) at(node ast.Node) string { return f.set.Position(node.Pos()).String() }

// parse reads the files of a package for every world, but for its tests.
func parse(t *testing.T, folder string) []file {
	t.Helper()
	entries, err := os.ReadDir("../" + folder)
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, fmt.Sprintf("../%s/%s", folder, entry.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{syntax, set})
	}
	if len(files) == 0 {
		t.Fatalf("%s has no Go files", folder)
	}
	return files
}

// importNames maps the names under which a file knows what it imports to the paths.
func importNames(t *testing.T, syntax *ast.File) map[string]string {
	t.Helper()
	names := map[string]string{}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		name := path.Base(imported)
		if imported == "math/rand/v2" {
			name = "rand"
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}
