package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// wholePicture is what image/jpeg makes of a JPEG, not reduced.
func wholePicture(t testing.TB, data []byte) picture {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return planesOf(img)
}

// planesOf gives an image's planes at full size.
func planesOf(img image.Image) picture {
	size := img.Bounds().Size()
	switch img := img.(type) {
	case *image.Gray:
		return picture{size: size, planes: []plane{{img.Pix, img.Stride, size.X, size.Y, 1, 1}}}
	case *image.YCbCr:
		sx, sy := subsampling(img.SubsampleRatio)
		chroma := func(pix []byte) plane {
			return plane{pix, img.CStride, ceilDiv(size.X, sx), ceilDiv(size.Y, sy), 1 / float64(sx), 1 / float64(sy)}
		}
		return picture{size: size, planes: []plane{{img.Y, img.YStride, size.X, size.Y, 1, 1}, chroma(img.Cb), chroma(img.Cr)}}
	}
	return picture{size: size, rgb: true, planes: reduceRGB(img, 1)}
}

// difference is the mean and the largest difference of two planes of one size.
func difference(t testing.TB, a, b plane) (mean float64, most int) {
	t.Helper()
	if a.w != b.w || a.h != b.h {
		t.Fatalf("planes of %d×%d and %d×%d", a.w, a.h, b.w, b.h)
	}
	sum := 0
	for y := range a.h {
		other := b.line(y)
		for x, v := range a.line(y) {
			d := max(int(v), int(other[x])) - min(int(v), int(other[x]))
			sum += d
			most = max(most, d)
		}
	}
	return float64(sum) / float64(a.w*a.h), most
}

func usualJPEGs(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"4:2:0":              stored(t, "420.jpg"),
		"4:2:2, restarts":    stored(t, "422.jpg"),
		"4:4:4":              stored(t, "444.jpg"),
		"4:4:0":              stored(t, "440.jpg"),
		"4:1:1":              stored(t, "411.jpg"),
		"RGB":                stored(t, "rgb.jpg"),
		"a scene":            jpegOf(t, scene(333, 221)),
		"a grey scene":       jpegOf(t, &image.Gray{Pix: scene(333, 221).Y, Stride: 333, Rect: image.Rect(0, 0, 333, 221)}),
		"one pixel":          jpegOf(t, fieldsImage(1, 1)),
		"fill bytes":         filled(jpegOf(t, scene(100, 100))),
		"a scene of 16 bits": wideTables(jpegOf(t, scene(100, 100))),
	}
}

// filled puts fill bytes before the last marker.
func filled(data []byte) []byte {
	return append(bytes.Clone(data[:len(data)-2]), 0xff, 0xff, 0xff, 0xd9)
}

// wideTables rewrites the quantisation tables with 16 bits a step.
func wideTables(data []byte) []byte {
	at := bytes.Index(data, []byte("\xff\xdb"))
	body := data[at+4 : at+2+int(data[at+2])<<8+int(data[at+3])]
	out := append(bytes.Clone(data[:at]), 0xff, 0xdb, 0, 2)
	for len(body) > 0 {
		out = append(out, body[0]|0x10)
		for _, v := range body[1:65] {
			out = append(out, 0, v)
		}
		body = body[65:]
	}
	n := len(out) - at - 2
	out[at+2], out[at+3] = byte(n>>8), byte(n)
	return append(out, data[at+2+int(data[at+2])<<8+int(data[at+3]):]...)
}

func TestOurJPEGDecoderAgreesWithTheStandardOne(t *testing.T) {
	for name, data := range usualJPEGs(t) {
		t.Run(name, func(t *testing.T) {
			j := parseJPEG(data)
			if j == nil {
				t.Fatal("not decoded by us")
			}
			got, ok := j.decode(context.Background(), 8)
			if !ok {
				t.Fatal("given up")
			}
			want := wholePicture(t, data)
			if got.rgb != want.rgb || got.size != want.size || len(got.planes) != len(want.planes) {
				t.Fatalf("rgb %t size %v, %d planes; want rgb %t size %v, %d planes",
					got.rgb, got.size, len(got.planes), want.rgb, want.size, len(want.planes))
			}
			for c := range got.planes {
				if mean, most := difference(t, got.planes[c], want.planes[c]); most > 1 || mean > 0.1 {
					t.Errorf("channel %d differs by %.4f on average and %d at most", c, mean, most)
				}
			}
		})
	}
}

func TestASmallJPEGIsTheLargeOneReduced(t *testing.T) {
	for name, data := range usualJPEGs(t) {
		for _, n := range []int{1, 2, 3, 4, 5, 6} {
			j := parseJPEG(data)
			got, ok := j.decode(context.Background(), n)
			if !ok {
				t.Fatalf("%s at %d/8: given up", name, n)
			}
			whole := wholePicture(t, data)
			if whole.size.X < 30 {
				continue
			}
			// Compare what people would see of both, at a tenth of the size.
			a, b := &Photo{picture: got}, &Photo{picture: whole}
			const size = 10
			ours, theirs := make([]float32, 3*size*size), make([]float32, 3*size*size)
			a.Sample(ours, a.Bounds(), size)
			b.Sample(theirs, b.Bounds(), size)
			var sum float64
			for i := range ours {
				sum += math.Abs(float64(ours[i]-theirs[i])) * 128
			}
			if mean := sum / float64(len(ours)); mean > 5 {
				t.Errorf("%s at %d/8 differs by %.2f of 255", name, n, mean)
			}
			for c, p := range got.planes {
				if k := 8 / (8 * p.scaleX); k == math.Trunc(k) {
					reduced := reduce(whole.planes[c], int(math.Round(whole.planes[c].scaleX/p.scaleX)), int(math.Round(whole.planes[c].scaleY/p.scaleY)))
					if mean, _ := difference(t, p, reduced); !whole.rgb && mean > 4 {
						t.Errorf("%s at %d/8, channel %d differs from cells' means by %.2f", name, n, c, mean)
					}
				}
			}
		}
	}
}

// Each transform, against the formula in floating point.
func TestTransformsFollowTheirFormula(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 4, 5, 6, 8} {
		for range 200 {
			var b [65]int32
			for range 1 + random.IntN(n*n) {
				b[random.IntN(n*n)] = int32(random.NormFloat64() * 120)
			}
			b[0] = int32(random.IntN(1600) - 800)
			want := make([]float64, n*n)
			for y := range n {
				for x := range n {
					for v := range n {
						for u := range n {
							f := float64(b[v*n+u]) / 8
							if u > 0 {
								f *= math.Sqrt2 * math.Cos(float64((2*x+1)*u)*math.Pi/float64(2*n))
							}
							if v > 0 {
								f *= math.Sqrt2 * math.Cos(float64((2*y+1)*v)*math.Pi/float64(2*n))
							}
							want[y*n+x] += f
						}
					}
				}
			}
			stride := n + 3
			got := make([]byte, stride*n)
			idcts[n](&b, got, stride)
			for i, w := range want {
				w = max(0, min(w+128, 255))
				if g := float64(got[i/n*stride+i%n]); math.Abs(g-w) > 0.6 {
					t.Fatalf("%d points: %v at %d, want %v", n, g, i, w)
				}
			}
		}
	}
}

func TestUnusualJPEGsAreLeftToTheStandardDecoder(t *testing.T) {
	good := jpegOf(t, scene(64, 64))
	scan := bytes.Index(good, []byte("\xff\xda"))
	second := append(bytes.Clone(good[:len(good)-2]), good[scan:]...)
	for name, data := range map[string][]byte{
		"progressive":  stored(t, "progressive.jpg"),
		"CMYK":         stored(t, "cmyk.jpg"),
		"two scans":    second,
		"without end":  good[:len(good)-2],
		"cut":          good[:len(good)-100],
		"fill bytes":   bytes.Replace(good, []byte("\xff\xdb"), []byte("\xff\xff\xdb"), 1),
		"trailing RST": append(bytes.Clone(good[:len(good)-2]), 0xff, 0xd0, 0xff, 0xd9),
	} {
		if j := parseJPEG(data); j != nil {
			if _, ok := j.decode(context.Background(), 8); ok {
				t.Errorf("%s is decoded by us", name)
			}
		}
		_, wantErr := jpeg.Decode(bytes.NewReader(data))
		_, err := NewDecoder(Limits{}).Decode(context.Background(), data)
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, but the standard decoder says %v", name, err, wantErr)
		}
	}
}

// Damage of single bits, of which many leave a JPEG that can still be decoded, must be judged alike
// by both decoders.
func TestDamagedJPEGsAreJudgedAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	accepted := 0
	for name, data := range usualJPEGs(t) {
		for range 300 {
			damaged := bytes.Clone(data)
			for range 1 + random.IntN(3) {
				at := random.IntN(8 * len(damaged))
				damaged[at/8] ^= 1 << (at % 8)
			}
			judged, err := judgeAlike(t, damaged)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if judged {
				accepted++
			}
		}
	}
	t.Logf("%d damaged files decoded", accepted)
	if accepted < 100 {
		t.Errorf("only %d damaged files decoded", accepted)
	}
}

// judgeAlike holds our decoder to the promise that it accepts nothing that image/jpeg refuses and
// gives the same pixels. It reports whether it accepted data.
func judgeAlike(t testing.TB, data []byte) (accepted bool, err error) {
	j := parseJPEG(data)
	if j == nil || j.size.X*j.size.Y > 1<<18 {
		return false, nil
	}
	got, ok := j.decode(context.Background(), 8)
	for _, n := range []int{1, 2, 3, 4, 5, 6} {
		if _, small := j.decode(context.Background(), n); small != ok {
			return false, fmt.Errorf("decoded at 8/8: %t, at %d/8: %t", ok, n, small)
		}
	}
	if !ok {
		return false, nil
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return true, fmt.Errorf("we accept what the standard decoder refuses: %w", err)
	}
	want := planesOf(img)
	if want.size != got.size || want.rgb != got.rgb {
		return true, fmt.Errorf("%v, rgb %t; want %v, rgb %t", got.size, got.rgb, want.size, want.rgb)
	}
	if got.rgb && got.planes[0].w != got.planes[1].w {
		return true, nil // the standard decoder repeats subsampled channels
	}
	for c := range got.planes {
		if _, most := difference(t, got.planes[c], want.planes[c]); most > 1 {
			return true, fmt.Errorf("channel %d differs by %d", c, most)
		}
	}
	return true, nil
}

func FuzzJPEG(f *testing.F) {
	for _, data := range usualJPEGs(f) {
		if len(data) < 3000 {
			f.Add(data)
		}
	}
	f.Add(plainJPEG(0xc0, 40, 24, 1))
	f.Add(jpegOf(f, scene(24, 24)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := judgeAlike(t, data); err != nil {
			t.Fatal(err)
		}
	})
}
