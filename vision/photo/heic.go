package photo

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"sync"
	_ "unsafe" // for go:linkname

	_ "github.com/gen2brain/heic" // holds libheif and libde265, compiled to WebAssembly
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// heifModule is the decoder that package heic carries. We run it ourselves because that package
// prefers a shared library where the machine has one, so that the same photo would mean different
// things on different machines, and sets the decoder no limit of memory or time.
//
//go:linkname heifModule github.com/gen2brain/heic.heifWasm
var heifModule []byte

// heifMemory bounds the memory of one decode, in bytes: enough for 50 megapixels.
const heifMemory = 768 << 20

// heifRuntime compiles the decoder once, when the first HEIC arrives.
var heifRuntime = sync.OnceValues(func() (*heifHost, error) {
	ctx := experimental.WithFunctionListenerFactory(context.Background(),
		experimental.FunctionListenerFactoryFunc(stoppable))
	packed, err := gzip.NewReader(bytes.NewReader(heifModule))
	if err != nil {
		return nil, fmt.Errorf("unpack the HEIC decoder: %w", err)
	}
	code, err := io.ReadAll(packed)
	if err != nil {
		return nil, fmt.Errorf("unpack the HEIC decoder: %w", err)
	}
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithMemoryLimitPages(heifMemory>>16))
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return nil, fmt.Errorf("prepare the HEIC decoder: %w", err)
	}
	module, err := runtime.CompileModule(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("compile the HEIC decoder: %w", err)
	}
	return &heifHost{runtime, module}, nil
})

// stoppable picks functions that look, when called, whether anybody still waits for the photo.
// Names are stripped from the module, but libde265's recursion over the blocks of a picture takes
// five arguments and returns nothing: thousands of calls a megapixel, often enough and not too
// often. (wazero's own WithCloseOnContextDone looks in every loop and takes six times as long.)
func stoppable(f api.FunctionDefinition) experimental.FunctionListener {
	if len(f.ParamTypes()) != 5 || len(f.ResultTypes()) != 0 {
		return nil
	}
	return experimental.FunctionListenerFunc(
		func(ctx context.Context, _ api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
			if err := ctx.Err(); err != nil {
				panic(err) // becomes the error of the call
			}
		})
}

type heifHost struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// linearMemory is a module's memory: the beginning of what is reserved, if something is.
type linearMemory struct {
	memory  []byte
	release func()
}

// Allocate implements experimental.MemoryAllocator.
func (m *linearMemory) Allocate(_, most uint64) experimental.LinearMemory {
	m.memory, m.release = reserve(int(most))
	m.memory = m.memory[:0]
	return m
}

func (m *linearMemory) Reallocate(size uint64) []byte {
	if size > uint64(cap(m.memory)) {
		m.memory = append(m.memory, make([]byte, int(size)-len(m.memory))...)
	}
	m.memory = m.memory[:size]
	return m.memory
}

func (m *linearMemory) Free() {
	if m.release != nil {
		m.release()
	}
	*m = linearMemory{}
}

// inspectHEIC tells a still HEIC from the other things in an ISO media file, by its brands
// (ISO/IEC 23008-12 §10.2).
func inspectHEIC(data []byte) (header, error) {
	h := header{format: "heic"}
	var brands []string
	boxes(data, func(kind string, body []byte) bool {
		for i := 0; i+4 <= min(len(body), 256); i += 4 {
			if i != 4 { // the minor version
				brands = append(brands, string(body[i:i+4]))
			}
		}
		return false
	})
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(brands, n) })
	}
	switch {
	case len(brands) == 0:
		return h, broken("heic", "its end is missing")
	case has("heic", "heix", "heim", "heis"):
	case has("avif", "avis"):
		return h, unsupported("an AVIF")
	case has("hevc", "hevx", "msf1"):
		return h, unsupported("a HEIF sequence")
	case !has("mif1"):
		return h, unsupported("a video")
	}
	switch heif := readHEIF(data); {
	case !heif.whole:
		return h, broken("heic", "its end is missing")
	case heif.size == image.Point{}:
		return h, broken("heic", "it does not say how large its picture is")
	default:
		h.size, h.video = heif.size, !heif.fullRange
	}
	h.memory = int64(h.size.X) * int64(h.size.Y) * 10
	return h, nil
}

// decodeHEIC runs libheif in a memory of its own, which is gone afterwards. libheif applies the
// container's rotation and mirroring, so the picture comes out upright; the Exif orientation of a
// HEIC is only a copy of them (ISO/IEC 23008-12 §6.5.10) and is not read.
func decodeHEIC(ctx context.Context, h header, data []byte) (picture, error) {
	host, err := heifRuntime()
	if err != nil {
		return picture{}, err
	}
	var memory linearMemory
	defer memory.Free()
	module, err := host.runtime.InstantiateModule(
		experimental.WithMemoryAllocator(ctx, &memory), host.module,
		wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		return picture{}, fmt.Errorf("start the HEIC decoder: %w", err)
	}
	defer module.Close(context.WithoutCancel(ctx))
	img, err := runHEIF(ctx, module, data)
	if err != nil {
		return picture{}, broken("heic", err)
	}
	if ycc, ok := img.(*image.YCbCr); ok && h.video {
		fullRange(ycc)
	}
	pic := pictureOf(img)
	for i := range pic.planes {
		pic.planes[i].pix = bytes.Clone(pic.planes[i].pix) // it may lie in the module's memory
	}
	return pic, nil
}

var errHEIF = errors.New("it cannot be decoded")

// runHEIF calls the module's only function,
//
//	int decode(in, inSize, sizesOnly, *width, *height, *colour, *chroma, *premultiplied, out)
//
// which returns 0 on failure, first for the sizes and then for the pixels. The image it returns
// lies in the module's memory.
func runHEIF(ctx context.Context, module api.Module, data []byte) (image.Image, error) {
	memory := module.Memory()
	alloc := func(size int) (uint32, error) {
		result, err := module.ExportedFunction("malloc").Call(ctx, uint64(size))
		if err != nil || result[0] == 0 {
			return 0, errors.New("it needs too much memory")
		}
		return uint32(result[0]), nil
	}
	in, err := alloc(len(data))
	if err != nil {
		return nil, err
	}
	if !memory.Write(in, data) || !memory.Write(in+8, []byte("heic")) { // libheif insists on this as the first brand
		return nil, errHEIF
	}
	const values = 5
	answer, err := alloc(4 * values)
	if err != nil {
		return nil, err
	}
	decode := func(sizesOnly, out uint32) (v [values]int, err error) {
		args := []uint64{uint64(in), uint64(len(data)), uint64(sizesOnly), 0, 0, 0, 0, 0, uint64(out)}
		for i := range v {
			args[3+i] = uint64(answer) + 4*uint64(i)
		}
		result, err := module.ExportedFunction("decode").Call(ctx, args...)
		if err != nil || result[0] == 0 {
			return v, errHEIF
		}
		raw, ok := memory.Read(answer, 4*values)
		if !ok {
			return v, errHEIF
		}
		for i := range v {
			v[i] = int(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		return v, nil
	}
	const sizes, pixels = 1, 0
	v, err := decode(sizes, 0)
	if err != nil {
		return nil, err
	}
	w, h, colour, chroma := v[0], v[1], v[2], v[3]
	if w <= 0 || h <= 0 || max(w, h) > longestSide {
		return nil, errHEIF
	}
	layout, err := heifLayout(w, h, colour, chroma)
	if err != nil {
		return nil, err
	}
	out, err := alloc(layout.size)
	if err != nil {
		return nil, err
	}
	if again, err := decode(pixels, out); err != nil || again != v {
		return nil, errHEIF
	}
	pix, ok := memory.Read(out, uint32(layout.size))
	if !ok {
		return nil, errHEIF
	}
	return layout.image(pix), nil
}

// heifPlanes says how the module lays out pixels: libheif's planes one after the other, their
// lines padded to 16 bytes and at least 64 samples long.
type heifPlanes struct {
	rect           image.Rectangle
	ratio          image.YCbCrSubsampleRatio
	colour         int
	size           int // bytes
	stride, chroma int // bytes a line
	luma, cb       int // bytes of the first plane and of the second
}

const (
	heifYCbCr = 0
	heifRGB   = 1
	heifGrey  = 2
)

func heifLayout(w, h, colour, chroma int) (heifPlanes, error) {
	pad := func(samples, bytes int) int { return (max(samples, 64)*bytes + 15) &^ 15 }
	l := heifPlanes{rect: image.Rect(0, 0, w, h), colour: colour}
	switch colour {
	case heifGrey:
		l.stride = pad(w, 1)
		l.size = l.stride * h
	case heifRGB:
		l.stride = pad(w, 4)
		l.size = l.stride * h
	case heifYCbCr:
		cw, ch := w, h
		switch chroma {
		case 1:
			l.ratio, cw, ch = image.YCbCrSubsampleRatio420, (w+1)/2, (h+1)/2
		case 2:
			l.ratio, cw = image.YCbCrSubsampleRatio422, (w+1)/2
		case 3:
			l.ratio = image.YCbCrSubsampleRatio444
		default:
			return l, errHEIF
		}
		l.stride, l.chroma = pad(w, 1), pad(cw, 1)
		l.luma, l.cb = l.stride*h, l.chroma*ch
		l.size = l.luma + 2*l.cb
	default:
		return l, errHEIF
	}
	return l, nil
}

func (l heifPlanes) image(pix []byte) image.Image {
	switch l.colour {
	case heifGrey:
		return &image.Gray{Pix: pix, Stride: l.stride, Rect: l.rect}
	case heifRGB:
		return &image.NRGBA{Pix: pix, Stride: l.stride, Rect: l.rect}
	}
	return &image.YCbCr{
		Y: pix[:l.luma], Cb: pix[l.luma:][:l.cb], Cr: pix[l.luma+l.cb:],
		YStride: l.stride, CStride: l.chroma, SubsampleRatio: l.ratio, Rect: l.rect,
	}
}
