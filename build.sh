#!/usr/bin/env bash
# The one door to this repository: ./build.sh help
#
# A setup_* function makes sure of what a word needs, installs only what is missing, and prints the command to
# type when it may not install. Whatever is built goes to .build/, except TinyGo itself: its folder in the cache is
# named by a hash of everything that goes into it, so that a clean checkout does not build it again.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"

tinygo_minimum=0.41
llvm=19
wasm_packages="llvm-$llvm-dev libclang-$llvm-dev clang-$llvm lld-$llvm liblld-$llvm-dev libclang-rt-$llvm-dev-wasm32 wasi-libc binaryen g++"
apt_refused=
cache=${XDG_CACHE_HOME:-${HOME:-$root/.build}/.cache}/runwire

# A checkout that belongs to another user (CI, containers) has no readable version to stamp, and none is needed.
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"

say() { printf '%s\n' "$*" >&2; }
fail() { say "build.sh: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- what a fresh machine lacks ---------------------------------------------------------------------------------

setup_go() { have go || fail "Go is missing: install Go $(sed -n 's/^go //p' go.mod) or newer, from go.dev/dl"; }

setup_node() {
  { have node && have npm; } || fail "Node is missing: install Node 20 or newer with npm, from nodejs.org"
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || fail "Node $(node --version) is too old: 20 or newer is needed"
}

# missing_packages NAME...: those that are not installed, on one line.
missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s ' "$name"
  done
}

# as_root COMMAND...: root runs it, and CI may use a sudo that asks nothing. Everybody else is refused.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif [ "${CI:-}" = true ] && have sudo; then sudo -n "$@"; else return 1; fi
}

# apt_install PURPOSE NAME...: installs what is missing in one go, or says how and returns 1.
apt_install() {
  local purpose=$1 log=.build/apt.log missing advice
  shift
  if ! have dpkg-query || ! have apt-get; then
    say "build.sh: $purpose: this machine has no apt; the Debian packages would be: $*"
    return 1
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  advice="type: sudo apt-get update && sudo apt-get install --no-install-recommends ${missing% }"
  if [ -n "$apt_refused" ] || ! as_root true 2>/dev/null; then
    say "build.sh: $purpose: missing packages; $advice"
    return 1
  fi
  mkdir -p .build
  say "build.sh: $purpose: installing ${missing% } (log: $log)"
  # shellcheck disable=SC2086 # the names are words
  if as_root apt-get -q -o DPkg::Lock::Timeout=600 update </dev/null >"$log" 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
      install --no-install-recommends $missing </dev/null >>"$log" 2>&1; then
    return 0
  fi
  apt_refused=yes
  tail -n 3 "$log" >&2
  say "build.sh: $purpose: could not install; $advice"
  return 1
}

# setup_wasm leaves a TinyGo in $tinygo, its root in $tinygo_root ('' for a release) and the target file, or returns 1.
setup_wasm() {
  target=.build/tinygo/runtime.json
  mkdir -p .build/tinygo
  if released_tinygo; then
    tinygo=tinygo tinygo_root=
    write_target -e 's/@LIBC@/wasi-libc/' -e 's/@RTLIB@/compiler-rt/' -e 's/, "@LIBRARIES@"//'
    return
  fi
  # shellcheck disable=SC2086 # the names are words
  apt_install "the compiler's packages" $wasm_packages && tinygo_from_modules && write_target_with_libraries
}

released_tinygo() {
  local version
  version=$(tinygo version 2>/dev/null | awk '{ print $3 }') || return 1
  [ -n "$version" ] && [ "$(printf '%s\n' "$tinygo_minimum" "$version" | sort -V | head -n 1)" = "$tinygo_minimum" ]
}

# tinygo_from_modules builds the release that tools/tinygo pins, against Debian's LLVM.
tinygo_from_modules() {
  local key folder draft source
  key=$({ cat tools/tinygo/go.mod tools/tinygo/go.sum; go env GOVERSION GOARCH; "llvm-config-$llvm" --version; } | sha256sum | cut -c 1-16)
  folder=$cache/tinygo-$key
  tinygo=$folder/bin/tinygo tinygo_root=$folder
  [ ! -x "$tinygo" ] || return 0

  say "build.sh: building TinyGo from its Go module (once, about a minute)"
  mkdir -p "$cache" && draft=$(mktemp -d "$cache/draft.XXXXXX") || return 1
  if ! (cd tools/tinygo && CGO_ENABLED=1 go build -tags="llvm$llvm" -o "$draft/tinygo" github.com/tinygo-org/tinygo) >&2; then
    rm -rf "$draft"
    return 1
  fi
  # TinyGo writes beside its sources, so it gets a copy. src/net is a submodule that a module zip cannot hold; an
  # empty folder will do, because nothing here imports net.
  source=$(cd tools/tinygo && go list -m -f '{{.Dir}}' github.com/tinygo-org/tinygo) &&
    cp -R "$source/src" "$source/targets" "$source/lib" "$draft/" && chmod -R u+w "$draft" &&
    mkdir -p "$draft/src/net" "$draft/bin" && mv "$draft/tinygo" "$draft/bin/tinygo" || return 1
  # Two builds may race: the first one to finish wins, and both made the same.
  mv -T "$draft" "$folder" 2>/dev/null || rm -rf "$draft"
  [ -x "$tinygo" ]
}

# write_target_with_libraries names the two libraries that a TinyGo from modules does not bring along.
write_target_with_libraries() {
  local libc builtins
  libc=$(dpkg -L wasi-libc | grep '/wasm32-wasi/libc\.a$') &&
    builtins=$(dpkg -L "libclang-rt-$llvm-dev-wasm32" | grep '/libclang_rt\.builtins-wasm32\.a$') &&
    write_target -e 's/@LIBC@//' -e 's/@RTLIB@//' -e "s|\"@LIBRARIES@\"|\"${libc%%$'\n'*}\", \"${builtins%%$'\n'*}\"|"
}

# write_target EDITS...: in one move, because another build may be reading it.
write_target() { sed "$@" tools/tinygo/runtime.json >"$target.$$" && mv "$target.$$" "$target"; }

# find_chromium leaves the browser's path in $CHROMIUM, for the tests.
find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium google-chrome google-chrome-stable chromium-browser; do
    # Ubuntu's chromium-browser is a script that asks for snap: only a browser that answers counts.
    if [ -n "$name" ] && have "$name" && "$name" --version >/dev/null 2>&1; then
      CHROMIUM=$(command -v "$name")
      export CHROMIUM
      return
    fi
  done
  return 1
}

setup_chromium() {
  find_chromium || { apt_install "the browser tests" chromium && find_chromium; } ||
    fail "the browser tests need Chromium: install it, or set CHROMIUM to its path ('./build.sh test --quick' does without)"
}

# setup_race: the race detector needs a C compiler.
setup_race() { have "$(go env CC)" || apt_install "the race detector" gcc libc6-dev || fail "the tests need a C compiler"; }

# node_modules FOLDER: what its lockfile says, installed again only when the lockfile has changed.
node_modules() {
  local stamp=$1/node_modules/.runwire-lock
  [ -f "$1/package-lock.json" ] || fail "$1/package-lock.json is missing"
  cmp -s "$1/package-lock.json" "$stamp" && return
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
  mkdir -p "$1/node_modules"
  cp "$1/package-lock.json" "$stamp"
}

# --- what is built ----------------------------------------------------------------------------------------------

# tinygo_build SOURCE OUTPUT. Panics trap, nothing schedules, and TinyGo collects nothing: wasm/heap does.
tinygo_build() {
  local out
  out=$(absolute "$2")
  TINYGOROOT=$tinygo_root "$tinygo" build -target "$root/$target" -no-debug -opt=z -panic=trap -scheduler=none \
    -buildmode=c-shared -o "$out" "$1"
  shrink "$out"
}

# shrink WASM: Binaryen finds another 4 % after brotli. Its first KiB of memory is the far end of the stack, so no sum of a
# pointer and an offset comes out there.
shrink() {
  ! have wasm-opt || wasm-opt -Oz --low-memory-unused --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
    --enable-mutable-globals -o "$1" "$1"
}

# go_build SOURCE OUTPUT.
go_build() {
  GOOS=js GOARCH=wasm go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o "$2" "$1"
}

absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s' "$root/$1" ;; esac }

# build_wasm leaves the folder with the runtime in $runtime: the small one, or the one of standard Go and its glue.
build_wasm() {
  setup_go
  [ -d wasm ] || fail "wasm/ is missing: it is the package that becomes runtime.wasm"
  if [ "${1:-}" != --go ]; then
    if setup_wasm; then
      runtime=.build/wasm
      mkdir -p "$runtime"
      tinygo_build ./wasm "$runtime/runtime.wasm"
      return
    fi
    say "build.sh: no TinyGo here: standard Go builds a runtime that works and is about 550 KB larger (compressed)"
  fi
  runtime=.build/wasm-go
  mkdir -p "$runtime"
  go_build ./wasm "$runtime/runtime.wasm"
  install -m 644 "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$runtime/wasm_exec.js"
}

do_wasm() {
  build_wasm "$@"
  sha256sum "$runtime"/* | tee .build/runtime.sha256
}

# build_npm makes .build/runwire-react-hooks.tgz.
build_npm() {
  local file
  setup_node
  for file in package.json package-lock.json build.mjs; do
    [ -f "npm/$file" ] || fail "npm/$file is missing"
  done
  build_wasm
  node_modules npm
  # npm/build.mjs empties dist/ and copies this module into it; npm test builds again, with the same one.
  export RUNWIRE_WASM=$root/$runtime/runtime.wasm
  (cd npm && npm run build --silent)
  rm -rf .build/pack && mkdir -p .build/pack
  (cd npm && npm pack --silent --ignore-scripts --pack-destination ../.build/pack >/dev/null)
  mv .build/pack/*.tgz .build/runwire-react-hooks.tgz
}

do_npm() {
  build_npm
  printf '%s\n' .build/runwire-react-hooks.tgz
}

do_size() {
  build_npm
  node tools/size.mjs npm/dist
}

# do_reproduce builds twice, the second time from a copy elsewhere with empty caches, and compares the bytes.
do_reproduce() {
  local copy compiler
  build_wasm --go
  copy=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder is known now
  trap "rm -rf '$copy'" EXIT
  tar -c --exclude=./.build --exclude=./.git --exclude=node_modules . | tar -x -C "$copy"
  (cd "$copy" && GOCACHE=$copy/.cache go_build ./wasm "$copy/go.wasm")
  cmp .build/wasm-go/runtime.wasm "$copy/go.wasm"
  compiler="standard Go"
  if setup_wasm; then
    build_wasm
    (cd "$copy" && GOCACHE=$copy/.cache tinygo_build ./wasm "$copy/tinygo.wasm")
    cmp .build/wasm/runtime.wasm "$copy/tinygo.wasm"
    compiler="$compiler and TinyGo"
  fi
  echo "reproduce: the same bytes twice from $compiler"
}

do_emulator() {
  build_emulator
  exec .build/bin/emulator "$@"
}

build_emulator() {
  setup_go
  [ -d cmd/emulator ] || fail "cmd/emulator is missing"
  go build -o .build/bin/emulator ./cmd/emulator
}

do_demo() {
  setup_go
  [ -d web/demo/app ] || fail "web/demo is missing"
  mkdir -p .build/demo
  go_build ./web/demo/app .build/demo/app.wasm
  install -m 644 "$(go env GOROOT)/lib/wasm/wasm_exec.js" .build/demo/wasm_exec.js
  go build -o .build/bin/demo ./web/demo
  exec .build/bin/demo "$@"
}

# --- what is checked --------------------------------------------------------------------------------------------

# stage NAME COMMAND...: runs it, and says how long it took.
stage() {
  local started=$SECONDS
  stage=$1
  shift
  printf '== %s\n' "$stage"
  "$@"
  printf -- '-- %s: %d s\n' "$stage" $((SECONDS - started))
}

packages() { go list ./...; }

vet() { packages | xargs go vet; }
vet_js() { GOOS=js GOARCH=wasm vet; }

test_go() { packages | grep -v /tests/browser | xargs go test -race -shuffle=on; }

# The race detector finds nothing in a world of one goroutine and takes ten times as long: the whole number of random
# schedules is played without it.
test_simulation() { go test -run=Simulation ./hooks; }

# Alone, because it measures how soon things are on the screen.
test_browser() { [ ! -d tests/browser ] || go test -count=1 -timeout=20m ./tests/browser/...; }

# setup_tests: everything that the tests read besides the sources, with all Debian packages in one go. The browser tests
# install the apps that they build by themselves, in .build/browser.
setup_tests() {
  local wanted=
  released_tinygo || wanted=$wasm_packages
  find_chromium || wanted="$wanted chromium"
  have "$(go env CC)" || wanted="$wanted gcc libc6-dev"
  # What could not be installed here is asked for again below, by those who can judge whether they can do without.
  # shellcheck disable=SC2086 # the names are words
  [ -z "$wanted" ] || apt_install "the tests" $wanted || true
  setup_race
  setup_chromium
  [ ! -d npm ] || build_npm
  node_modules tests/browser
}

test_npm() {
  [ -d npm ] || { say "npm/ is missing: nothing to test"; return; }
  (cd npm && npm test --silent)
}

# test_judge: the real client packages against our emulator.
test_judge() {
  [ -d web/emulator/judge ] || { say "web/emulator/judge is missing: nothing to test"; return; }
  build_emulator
  node_modules web/emulator/judge
  (cd web/emulator/judge && EMULATOR=$root/.build/bin/emulator node --test)
}

say_failed() { [ $? = 0 ] || echo "test: FAILED at \"$stage\" after $SECONDS s"; }

do_test() {
  stage=start
  trap say_failed EXIT
  setup_go
  if [ "${1:-}" = --quick ]; then
    setup_race
    stage vet vet
    stage "go test" test_go
    stage simulation test_simulation
    echo "test: all native tests passed in $SECONDS s (the browser, npm and judge tests were left out)"
    return
  fi
  setup_node
  stage setup setup_tests
  stage vet vet
  stage "go test" test_go
  stage simulation test_simulation
  stage browser test_browser
  stage "npm test" test_npm
  stage judge test_judge
  echo "test: all passed in $SECONDS s"
}

do_lint() {
  setup_go
  stage gofmt lint_gofmt
  stage "vet (native)" vet
  stage "vet (js/wasm)" vet_js
  stage staticcheck lint_staticcheck
  stage tsc lint_types
  stage shellcheck lint_shell
  echo "lint: clean"
}

lint_gofmt() {
  local files
  files=$(find . \( -name node_modules -o -name .build -o -name .git \) -prune -o -name '*.go' -print0 | xargs -0 gofmt -l)
  [ -z "$files" ] || fail "gofmt would change: $files"
}

# One run for both targets: what only one of them uses is not unused. Package wasm is checked without U1000,
# because staticcheck does not know that //go:wasmexport functions are called from outside.
lint_staticcheck() {
  (cd tools/lint && go build -o "$root/.build/bin/staticcheck" honnef.co/go/tools/cmd/staticcheck)
  # shellcheck disable=SC2046 # the names are words
  printf '%s\n' 'native:' 'js: GOOS=js GOARCH=wasm' | .build/bin/staticcheck -matrix $(packages | grep -v '/wasm$')
  [ ! -d wasm ] || GOOS=js GOARCH=wasm .build/bin/staticcheck -checks=inherit,-U1000 ./wasm
}

lint_types() {
  [ -f npm/tsconfig.json ] || { say "npm/tsconfig.json is missing: nothing to check"; return; }
  setup_node
  node_modules npm
  (cd npm && npx --no-install tsc --noEmit)
}

lint_shell() {
  have shellcheck || apt_install "lint" shellcheck || return 0
  shellcheck build.sh .ci/run
}

# do_fuzz [SECONDS]: each fuzz target in turn.
do_fuzz() {
  local seconds=${1:-10} package targets target
  setup_go
  for package in $(packages); do
    targets=$(go test -list='^Fuzz' "$package" | sed '/^Fuzz/!d')
    for target in $targets; do
      stage "$target in $package" go test -run='^$' -fuzz="^$target\$" -fuzztime="${seconds}s" "$package"
    done
  done
  echo "fuzz: nothing found"
}

# do_bench [FLAGS]: the machines, with go test's flags; then the package and the original side by side in a browser, which
# writes docs/bench.md and docs/bench.svg, and fails where a bound is missed.
do_bench() {
  setup_go
  setup_chromium
  build_npm
  node_modules tests/browser
  go test -run='^$' -bench=. -benchmem "$@" ./hooks/...
  say "build.sh: about eight minutes of the same work by the package and by the original, in turn"
  # The table says it all: go test's own lines are for one load each.
  go test -run='^$' -bench=Browser -benchtime=1x -timeout=20m ./tests/browser | sed '/^Benchmark/d'
}

# do_soak lets a busy page live for ten minutes, or as long as it is told, and plots its memory into docs/soak.svg.
do_soak() {
  setup_go
  setup_chromium
  build_npm
  node_modules tests/browser
  go test -run='^$' -bench=Soak -benchtime=1x -timeout=3h ./tests/browser -soak="${1:-10m}"
}

do_help() {
  cat <<'WORDS'
usage: ./build.sh <word>

  demo [flags]        the demo site with an emulator behind it
  emulator [flags]    the emulator of the API alone
  test [--quick]      every test; --quick: the native Go tests only
  lint                gofmt, vet and staticcheck for both targets, tsc, shellcheck
  fuzz [seconds]      every fuzz target for that long each (default 10)
  bench [flags]       Go benchmarks, then the package beside the original in a browser, into docs/bench.md
  soak [duration]     a busy page for ten minutes, or for 1h; plots its memory into docs/soak.svg and fails where that grows
  wasm [--go]         the browser runtime; --go: by standard Go instead of TinyGo
  reproduce           builds the runtime twice and compares the bytes
  npm                 the npm package, as .build/runwire-react-hooks.tgz
  size                what a browser downloads, against the budget

Each word installs what it needs on Debian or Ubuntu with Go and Node, or says what is missing.
WORDS
}

word=${1:-help}
[ $# = 0 ] || shift
case $word in
  demo | emulator | test | lint | fuzz | bench | soak | wasm | reproduce | npm | size | help) "do_$word" "$@" ;;
  -h | --help) do_help ;;
  *) do_help >&2; fail "unknown word: $word" ;;
esac
