// Package engine runs a convolutional network from an ONNX file on the CPU, as fast as the machine allows, in Go without CGo.
//
// Load does everything that can be done once. It lets onnx-go decode the file into a recorded graph (graph.go), compiles the
// graph into a plan, and packs the weights in the order the kernels read them. Run then only follows the plan. The three words:
//
//   - A plan is a flat list of steps (plan.go). A step is a number of chunks that may run in any order, so several goroutines
//     can share one run; the next step starts when all chunks are done (team.go).
//   - A layer is what a step computes. fuse.go finds in the graph what belongs together: a convolution with its bias, its Clip
//     and the Add of a residual (conv.go), and the inverted residual of MobileNet V2, expand → depthwise → project, whose
//     large middle never leaves the cache (block.go). Whatever is not recognised runs one operator at a time (operators.go),
//     slowly but right.
//   - A kernel set is the arithmetic for one kind of CPU (kernel.go): AVX-512, AVX2 and NEON in assembly, and a portable twin
//     of each in Go that gives the same answers within rounding.
//
// With Precision Int8 the same plan is made of layers and kernels for bytes (int8.go, int8_kernel.go).
//
// Activations lie in memory as rows: one row of channels a pixel ([H·W, C], C padded to 16 with zeros), so that a 1×1
// convolution is a matrix product and a depthwise one works on 16 channels at once. Only inputs and outputs have the ONNX order.
//
// Engine values are safe for concurrent use. Runs share the packed weights; each has its own arena, kept in a pool, so that a
// run allocates nothing. The package knows nothing of photos and labels.
package engine
