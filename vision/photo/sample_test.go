package photo

import (
	_ "embed"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

//go:embed testdata/pillow.bin
var pillow []byte

// pattern is the picture of testdata/pillow.py.
func pattern() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 160, 120))
	for y := range 120 {
		for x := range 160 {
			img.SetNRGBA(x, y, color.NRGBA{
				uint8(x*x/20 + 3*y + (7*x+13*y)%32),
				uint8(y*y/15 + 2*x + 40*((x/16+y/16)&1)),
				uint8(5*x*y/64 + 97*(x/3&1)), 255})
		}
	}
	return img
}

func TestSampleAgreesWithPillow(t *testing.T) {
	p := mustDecode(t, pngOf(t, pattern()))
	want := pillow
	for _, test := range []struct {
		box  image.Rectangle
		size int
	}{
		{image.Rect(0, 0, 160, 120), 24},
		{image.Rect(10, 20, 130, 90), 16},
		{image.Rect(40, 30, 60, 50), 40},
		{image.Rect(0, 0, 50, 50), 20},
		{image.Rect(100, 70, 160, 120), 32},
		{image.Rect(3, 5, 4, 6), 8},
	} {
		n := test.size * test.size
		dst := make([]float32, 3*n)
		p.Sample(dst, test.box, test.size)
		var sum, most float64
		for i := range n {
			for c := range 3 {
				d := math.Abs(float64(dst[c*n+i])*128 + 127 - float64(want[3*i+c]))
				sum += d
				most = max(most, d)
			}
		}
		want = want[3*n:]
		mean := sum / float64(3*n)
		t.Logf("%v to %d: mean %.3f, most %.2f of 255", test.box, test.size, mean, most)
		// Pillow rounds and clips to bytes after each direction, we after both, which shows where an
		// enlarged edge overshoots.
		limit := 0.4
		if test.box.Dx() < 2*test.size {
			limit = 1
		}
		if mean > limit {
			t.Errorf("%v to %d differs by %.3f on average and %.2f at most", test.box, test.size, mean, most)
		}
	}
}

// scene draws a picture with detail of every size, as photographs have it.
func scene(w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	noise := rand.New(rand.NewPCG(1, 2))
	paint := func(pix []byte, stride, w, h int, unit float64) {
		type wave struct{ fx, fy, phase, strength float64 }
		var waves []wave
		for scale := 2.0; scale*unit < 900; scale *= 1.7 {
			waves = append(waves, wave{scale * noise.NormFloat64(), scale * noise.NormFloat64(), 6 * noise.Float64(), 60 / math.Sqrt(scale)})
		}
		for _, wv := range waves {
			// sin(a+b) by the sines of a and b, which are computed once a column and once a line
			sx, cx := make([]float64, w), make([]float64, w)
			for x := range w {
				sx[x], cx[x] = math.Sincos(wv.fx*float64(x)/float64(w) + wv.phase)
			}
			for y := range h {
				sy, cy := math.Sincos(wv.fy * float64(y) / float64(h))
				line := pix[y*stride:][:w]
				for x := range line {
					line[x] = clampByte(float64(line[x]) + wv.strength*(sx[x]*cy+cx[x]*sy) + 0.5)
				}
			}
		}
	}
	for _, p := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range p {
			p[i] = 128
		}
	}
	paint(img.Y, img.YStride, w, h, 1)
	paint(img.Cb, img.CStride, (w+1)/2, (h+1)/2, 8)
	paint(img.Cr, img.CStride, (w+1)/2, (h+1)/2, 8)
	for i := range img.Y {
		img.Y[i] = clampByte(float64(img.Y[i]) + 6*noise.NormFloat64())
	}
	return img
}

// The network sees the same whether a large photo is reduced while it is decoded or afterwards.
func TestReducedPhotosSampleLikeWholeOnes(t *testing.T) {
	img := scene(3264, 2448)
	data := jpegOf(t, img)
	whole := &Photo{picture: wholePicture(t, data)}
	const size = 260
	want, got := make([]float32, 3*size*size), make([]float32, 3*size*size)
	for name, p := range map[string]*Photo{"decoded small": mustDecode(t, data), "reduced": {picture: pictureOf(img)}} {
		if n := p.planes[0].w * p.planes[0].h; n > 3264*2448/4 {
			t.Errorf("%s has %d pixels", name, n)
		}
		for _, box := range []image.Rectangle{p.Bounds(), image.Rect(1000, 500, 1000+857, 500+857), image.Rect(2400, 1600, 3264, 2448)} {
			whole.Sample(want, box, size)
			p.Sample(got, box, size)
			var sum float64
			for i := range want {
				sum += math.Abs(float64(got[i]-want[i])) * 128
			}
			mean := sum / float64(len(want))
			t.Logf("%s, %v: mean difference %.3f of 255", name, box, mean)
			if mean > 1 {
				t.Errorf("%s differs by %.3f in %v", name, mean, box)
			}
		}
	}
}

func TestSampleKeepsAFlatWallFlat(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 97, 61))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	p := mustDecode(t, pngOf(t, img))
	for _, size := range []int{1, 7, 61, 260} {
		dst := make([]float32, 3*size*size)
		p.Sample(dst, image.Rect(3, 3, 90, 40), size)
		for _, v := range dst {
			if math.Abs(float64(v)-1) > 1e-6 {
				t.Fatalf("white becomes %v at size %d", v, size)
			}
		}
	}
}

func TestBoxesOutsideThePhotoAreCut(t *testing.T) {
	p := mustDecode(t, pngOf(t, pattern()))
	const size = 9
	got, want := make([]float32, 3*size*size), make([]float32, 3*size*size)
	for _, test := range []struct{ box, same image.Rectangle }{
		{image.Rect(-50, -50, 80, 60), image.Rect(0, 0, 80, 60)},
		{image.Rect(80, 60, 1000, 1000), image.Rect(80, 60, 160, 120)},
		{image.Rectangle{}, p.Bounds()},
		{image.Rect(500, 500, 600, 600), p.Bounds()},
	} {
		p.Sample(got, test.box, size)
		p.Sample(want, test.same, size)
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%v differs from %v", test.box, test.same)
			}
		}
	}
}

func TestOddPicturesCanBeSampled(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {1, 300}, {300, 1}, {2, 3}, {17, 9}, {2000, 3}} {
		for _, data := range [][]byte{jpegOf(t, fieldsImage(size.X, size.Y)), pngOf(t, fieldsImage(size.X, size.Y))} {
			p := mustDecode(t, data)
			dst := make([]float32, 3*16*16)
			p.Sample(dst, p.Bounds(), 16)
			p.Sample(dst, image.Rect(size.X-1, size.Y-1, size.X, size.Y), 16)
			for _, v := range dst {
				if !(v >= -127.0/128 && v <= 1) {
					t.Fatalf("%v: %v", size, v)
				}
			}
		}
	}
}

func TestSampleDoesNotAllocate(t *testing.T) {
	p := mustDecode(t, jpegOf(t, scene(640, 480)))
	dst := make([]float32, 260*260)
	s := new(scratch) // not from the pool, which the race detector empties at random
	if n := testing.AllocsPerRun(5, func() { s.resample(dst, &p.planes[0], p.Bounds(), 260) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAPhotoIsSampledByManyAtOnce(t *testing.T) {
	p := mustDecode(t, jpegOf(t, scene(320, 240)))
	want := make([]float32, 3*64*64)
	p.Sample(want, p.Bounds(), 64)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			got := make([]float32, 3*64*64)
			for range 5 {
				p.Sample(got, p.Bounds(), 64)
				for i := range got {
					if got[i] != want[i] {
						t.Errorf("value %d differs", i)
						return
					}
				}
			}
		})
	}
	wait.Wait()
}
