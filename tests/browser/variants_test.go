//go:build !js

package browser

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// variant is an installation of React and of the package under test, with the app built against it.
type variant struct {
	name string
	// files is the folder in variants/ that has its package.json.
	files string
	// tarball makes the package, which the package.json names as file:package.tgz. nil for what comes from a registry.
	tarball func() (string, error)
}

var (
	original        = variant{"original-react19", "original-react19", nil}
	originalReact18 = variant{"original-react18", "original-react18", nil}
	runwire         = variant{"runwire-react19", "runwire-react19", packed}
	runwireReact18  = variant{"runwire-react18", "runwire-react18", packed}
	// runwireGo has its runtime from standard Go: what the other compiler makes of the same source must behave alike.
	runwireGo = variant{"runwire-go-react19", "runwire-react19", packedWithStandardGo}
)

const (
	repository = "../.."
	built      = repository + "/.build"
)

func packed() (string, error) {
	path := built + "/runwire-react-hooks.tgz"
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the package is not built: run ./build.sh npm: %w", err)
	}
	return path, nil
}

// packedWithStandardGo builds the package beside the usual one, in a copy of npm/.
var packedWithStandardGo = sync.OnceValues(func() (string, error) {
	draft := built + "/browser/npm-go"
	inputs := []string{repository + "/npm/src", repository + "/npm/build.mjs", repository + "/npm/package.json"}
	if err := run(repository, "./build.sh", "wasm", "--go"); err != nil {
		return "", err
	}
	wasm, err := filepath.Abs(built + "/wasm-go/runtime.wasm")
	if err != nil {
		return "", err
	}
	err = once(draft, append(inputs, wasm), func() error {
		if err := copyInto(draft, append(inputs, repository+"/npm/tsconfig.json", repository+"/npm/tsconfig.build.json")...); err != nil {
			return err
		}
		modules, err := filepath.Abs(repository + "/npm/node_modules")
		if err != nil {
			return err
		}
		if err := os.Symlink(modules, draft+"/node_modules"); err != nil {
			return err
		}
		if err := run(draft, "env", "RUNWIRE_WASM="+wasm, "npm", "run", "build", "--silent"); err != nil {
			return err
		}
		return run(draft, "npm", "pack", "--silent", "--ignore-scripts")
	})
	if err != nil {
		return "", err
	}
	archives, err := filepath.Glob(draft + "/*.tgz")
	if err != nil || len(archives) != 1 {
		return "", fmt.Errorf("pack with standard Go: want one archive, got %q", archives)
	}
	return archives[0], nil
})

// quietly is how npm installs.
var quietly = []string{"--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"}

var installations sync.Map // of func() (string, error), by the variant's name

// folder returns where the variant is installed and its app is built, and does both if that has not been done.
func (v variant) folder(t testing.TB) string {
	t.Helper()
	install, _ := installations.LoadOrStore(v.name, sync.OnceValues(v.install))
	folder, err := install.(func() (string, error))()
	if err != nil {
		t.Fatalf("install %s: %v", v.name, err)
	}
	return folder
}

func (v variant) install() (string, error) {
	folder, err := filepath.Abs(built + "/browser/" + v.name)
	if err != nil {
		return "", err
	}
	source := "variants/" + v.files
	inputs := []string{source}
	install := []string{"npm", "ci"}
	if v.tarball != nil {
		archive, err := v.tarball()
		if err != nil {
			return "", err
		}
		inputs = append(inputs, archive)
		install = []string{"npm", "install", "--no-package-lock"}
	}
	err = once(folder, append(inputs, "app", "build.mjs", "package-lock.json"), func() error {
		if err := copyInto(folder, "app"); err != nil {
			return err
		}
		if err := os.CopyFS(folder, os.DirFS(source)); err != nil {
			return err
		}
		if v.tarball != nil {
			if err := copyFile(folder+"/package.tgz", inputs[1]); err != nil {
				return err
			}
		}
		if err := run(folder, append(install, quietly...)...); err != nil {
			return err
		}
		return run(".", "node", "build.mjs", folder, "app")
	})
	return folder, err
}

// once makes folder unless it was made already, by this run or an earlier one, from the same inputs.
func once(folder string, inputs []string, make func() error) error {
	hash, err := hashOf(inputs)
	if err != nil {
		return err
	}
	stamp := folder + "/.made-from"
	if made, err := os.ReadFile(stamp); err == nil && bytes.Equal(made, hash) {
		return nil
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := make(); err != nil {
		return err
	}
	return os.WriteFile(stamp, hash, 0o644)
}

// hashOf reads files and folders.
func hashOf(paths []string) ([]byte, error) {
	hash := sha256.New()
	for _, path := range paths {
		err := filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			fmt.Fprintln(hash, filepath.Base(path))
			_, err = io.Copy(hash, file)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return fmt.Appendf(nil, "%x\n", hash.Sum(nil)), nil
}

// copyInto copies files and folders into folder, under their own names.
func copyInto(folder string, paths ...string) error {
	for _, path := range paths {
		target := filepath.Join(folder, filepath.Base(path))
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.IsDir() {
			err = os.CopyFS(target, os.DirFS(path))
		} else {
			err = copyFile(target, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(target, source string) error {
	data, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	return os.WriteFile(target, data, 0o644)
}

func run(folder string, command ...string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = folder
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w\n%s", command, err, output)
	}
	return nil
}
