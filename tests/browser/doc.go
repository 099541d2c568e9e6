// Package browser tests the npm package as its users have it: the packed tarball, installed beside React, built by Vite
// and run in Chromium, against the emulator over real sockets. It also plays the same scripts to the package that ours
// replaces: what that does well, ours does alike (differential_test.go); what it gets wrong, ours gets right (defects_test.go).
//
// A test gets a [world]: an emulator of its own, a page in a fresh browser context, and the components that it mounts
// there. It moves the emulator through its Go API, which is why the runner is a Go program (and chromedp its driver): no
// second channel to control it. app/ is the page; variants/ are the installations, built once for each run of the tests.
//
// seeds/ is the page of the examples in the original's documentation. Their texts are no part of this repository: they
// are read from ../shared/seeds beside it, or from the folder that RUNWIRE_SEEDS names, and without either they are not run.
//
// bundlers/ has one small app, as its users write it, for every other tool that the package is to be used with: each folder
// there is what the tool wants to be told, and src/ is what all of them build, serve or test.
//
// The benchmarks (bench_*_test.go) play the same work to both packages, and package bench says how they compare. starter/ is
// the app whose download and first run they measure.
package browser
