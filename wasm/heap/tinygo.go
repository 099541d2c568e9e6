//go:build tinygo

package heap

import "unsafe"

// The heap of the instance. TinyGo has none of its own: it is told that there is no collector (-gc=none), and takes the
// functions below.
var instance = heap{grow: growMemory}

//go:extern __global_base
var globals [0]byte

//go:extern __heap_base
var heapBase [0]byte // where the globals end

//export llvm.wasm.memory.size.i32
func memorySize(memory int32) (pages uint32)

//export llvm.wasm.memory.grow.i32
func memoryGrow(memory int32, pages uint32) (before int32)

// wasmPage is the unit of WebAssembly's memory, in bytes.
const wasmPage = 64 << 10

func growMemory(h *heap, pages uintptr) {
	const perWasmPage = wasmPage / pageSize
	if h.base == nil {
		h.base = unsafe.Pointer(uintptr(memorySize(0)) * wasmPage)
	}
	more := (pages + perWasmPage - 1) / perWasmPage
	if memoryGrow(0, uint32(more)) < 0 {
		panic("out of memory")
	}
	h.pages += more * perWasmPage
}

// noPointers is the layout of what holds no pointers. Source: internal/gclayout of TinyGo 0.41.
const noPointers = 3

// Inlined, it makes the module much larger (tinygo-org/tinygo, issue 2674).
//
//go:noinline
//go:linkname alloc runtime.alloc
func alloc(size uintptr, layout unsafe.Pointer) unsafe.Pointer {
	return instance.alloc(size, uintptr(layout) != noPointers)
}

// Collect frees what nobody uses any more, when there may be enough of it. No function that holds pointers may be under
// way: it is for the end of a call from the host.
func Collect() {
	if instance.isDue() {
		instance.collect(unsafe.Pointer(&globals), uintptr(unsafe.Pointer(&heapBase))-uintptr(unsafe.Pointer(&globals)))
	}
}

// InUse is how many bytes are allocated, with the garbage since the last collection.
func InUse() int { return int(instance.live + instance.allocated) }
