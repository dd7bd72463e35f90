package photo

import (
	"bytes"
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Every picture of testdata shows the same: four fields, red and green above blue and yellow.
//
//go:embed testdata/*.jpg testdata/*.webp testdata/*.heic
var testdata embed.FS

var fields = [4]color.NRGBA{{200, 40, 40, 255}, {40, 180, 60, 255}, {40, 60, 200, 255}, {220, 200, 60, 255}}

func stored(t testing.TB, name string) []byte {
	t.Helper()
	data, err := testdata.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fieldsImage draws the four fields.
func fieldsImage(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, fields[2*(2*y/h)+2*x/w])
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustDecode(t testing.TB, data []byte) *Photo {
	t.Helper()
	p, err := NewDecoder(Limits{}).Decode(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fieldColours samples the middle of each field.
func fieldColours(p *Photo) (got [4]color.NRGBA) {
	const size = 8
	dst := make([]float32, 3*size*size)
	p.Sample(dst, p.Bounds(), size)
	for i := range got {
		at := (1+4*(i/2))*size + 1 + 4*(i%2) + size + 1
		v := func(c int) uint8 { return uint8(dst[c*size*size+at]*128 + 127.5) }
		got[i] = color.NRGBA{v(0), v(1), v(2), 255}
	}
	return got
}

func near(a, b color.NRGBA, tolerance int) bool {
	d := func(a, b uint8) bool { return max(a, b)-min(a, b) <= uint8(tolerance) }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B)
}

func expectFields(t *testing.T, p *Photo, want [4]color.NRGBA) {
	t.Helper()
	const tolerance = 8
	for i, got := range fieldColours(p) {
		if !near(got, want[i], tolerance) {
			t.Errorf("field %d is %v, want %v", i, got, want[i])
		}
	}
}

func greys(in [4]color.NRGBA) (out [4]color.NRGBA) {
	for i, c := range in {
		y := color.GrayModel.Convert(c).(color.Gray).Y
		out[i] = color.NRGBA{y, y, y, 255}
	}
	return out
}

func TestEveryFormatShowsTheSamePicture(t *testing.T) {
	grey16 := image.NewGray16(image.Rect(0, 0, 96, 64))
	deep := image.NewNRGBA64(grey16.Rect)
	few := image.NewPaletted(grey16.Rect, color.Palette{fields[0], fields[1], fields[2], fields[3]})
	full := fieldsImage(96, 64)
	holed := fieldsImage(96, 64)
	for y := range 64 {
		for x := range 96 {
			grey16.Set(x, y, full.At(x, y))
			deep.Set(x, y, full.At(x, y))
			few.Set(x, y, full.At(x, y))
			if y >= 32 && x < 48 {
				c := holed.NRGBAAt(x, y)
				c.A = 0
				holed.SetNRGBA(x, y, c)
			}
		}
	}
	overWhite := fields
	overWhite[2] = color.NRGBA{255, 255, 255, 255}
	for _, test := range []struct {
		name   string
		data   []byte
		format string
		want   [4]color.NRGBA
	}{
		{"JPEG 4:2:0", stored(t, "420.jpg"), "jpeg", fields},
		{"JPEG 4:2:2 with restart markers", stored(t, "422.jpg"), "jpeg", fields},
		{"JPEG 4:4:4", stored(t, "444.jpg"), "jpeg", fields},
		{"JPEG 4:4:0", stored(t, "440.jpg"), "jpeg", fields},
		{"JPEG 4:1:1", stored(t, "411.jpg"), "jpeg", fields},
		{"JPEG RGB", stored(t, "rgb.jpg"), "jpeg", fields},
		{"JPEG CMYK", stored(t, "cmyk.jpg"), "jpeg", fields},
		{"JPEG progressive", stored(t, "progressive.jpg"), "jpeg", fields},
		{"JPEG grey", jpegOf(t, grey(full)), "jpeg", greys(fields)},
		{"PNG", pngOf(t, full), "png", fields},
		{"PNG of 16 bits", pngOf(t, deep), "png", fields},
		{"PNG with a palette", pngOf(t, few), "png", fields},
		{"PNG grey of 16 bits", pngOf(t, grey16), "png", greys(fields)},
		{"PNG transparent", pngOf(t, holed), "png", overWhite},
		{"WebP", stored(t, "lossy.webp"), "webp", fields},
		{"WebP lossless", stored(t, "lossless.webp"), "webp", fields},
		{"WebP transparent", stored(t, "alpha.webp"), "webp", overWhite},
		{"WebP turned by Exif", stored(t, "turned.webp"), "webp", fields},
		{"HEIC", stored(t, "still.heic"), "heic", fields},
		{"HEIC grey", stored(t, "grey.heic"), "heic", greys(fields)},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := mustDecode(t, test.data)
			if p.Format() != test.format {
				t.Errorf("format %q, want %q", p.Format(), test.format)
			}
			if p.Bounds() != image.Rect(0, 0, 96, 64) {
				t.Errorf("bounds %v", p.Bounds())
			}
			expectFields(t, p, test.want)
			img := p.Image()
			for i, at := range []image.Point{{24, 16}, {72, 16}, {24, 48}, {72, 48}} {
				if got := color.NRGBAModel.Convert(img.At(at.X, at.Y)).(color.NRGBA); !near(got, test.want[i], 8) {
					t.Errorf("image at %v is %v, want %v", at, got, test.want[i])
				}
			}
		})
	}
}

func grey(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	for y := range g.Rect.Max.Y {
		for x := range g.Rect.Max.X {
			g.Set(x, y, img.At(x, y))
		}
	}
	return g
}

// pngHeader is a PNG that claims a size and has no pixels.
func pngHeader(w, h uint32) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = append(binary.BigEndian.AppendUint32(chunk, h), 8, 2, 0, 0, 0)
	data := append([]byte(pngSignature+"\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(chunk))
}

// withSize overwrites the size in a JPEG's frame header.
func withSize(data []byte, w, h uint16) []byte {
	data = bytes.Clone(data)
	at := max(bytes.Index(data, []byte("\xff\xc0\x00\x11\x08")), bytes.Index(data, []byte("\xff\xc2\x00\x11\x08"))) + 5
	binary.BigEndian.PutUint16(data[at:], h)
	binary.BigEndian.PutUint16(data[at+2:], w)
	return data
}

// replaced overwrites all occurrences of old by as many bytes of new.
func replaced(data []byte, old, new string) []byte {
	return bytes.ReplaceAll(data, []byte(old), []byte(new))
}

func size32(w, h uint32) string {
	return string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h))
}

func animatedPNG(t *testing.T) []byte {
	data := pngOf(t, fieldsImage(8, 8))
	const afterHeader = 8 + 25
	chunk := []byte("acTL\x00\x00\x00\x02\x00\x00\x00\x00")
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk))
	return bytes.Join([][]byte{data[:afterHeader], []byte("\x00\x00\x00\x08"), chunk, data[afterHeader:]}, nil)
}

func TestBadPhotosAreRefusedPlainly(t *testing.T) {
	good := jpegOf(t, fieldsImage(96, 64))
	heic := stored(t, "still.heic")
	webp := stored(t, "lossy.webp")
	for _, test := range []struct {
		name string
		data []byte
		kind Kind
		says string
	}{
		{"nothing", nil, Empty, "empty"},
		{"text", []byte("dear zoo, here is my photo"), Unsupported, "send JPEG, PNG, WebP or HEIC"},
		{"one byte", []byte{0xff}, Unsupported, "not a picture"},
		{"GIF that claims 16000×16000", []byte("GIF89a\x80\x3e\x80\x3e\x80\x00\x00\x00\x00\x00\xff\xff\xff\x2c\x00\x00\x00\x00\x80\x3e\x80\x3e\x00\x02\x02\x44\x01\x00"), Unsupported, "this is a GIF"},
		{"BMP", []byte("BM\x46\x00\x00\x00"), Unsupported, "this is a BMP"},
		{"TIFF", []byte("II*\x00\x08\x00\x00\x00"), Unsupported, "this is a TIFF"},
		{"AVIF", []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"), Unsupported, "this is an AVIF"},
		{"MP4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"), Unsupported, "this is a video"},
		{"animated WebP", stored(t, "animated.webp"), Unsupported, "an animated WebP"},
		{"animated PNG", animatedPNG(t), Unsupported, "an animated PNG"},
		{"JPEG of 60 megapixels", withSize(good, 10000, 6000), TooManyPixels, "10000×6000"},
		{"progressive JPEG of 60 megapixels", withSize(stored(t, "progressive.jpg"), 10000, 6000), TooManyPixels, "10000×6000"},
		{"progressive JPEG of many scans", plainJPEG(0xc2, 8, 8, 1000), Broken, "1000 scans"},
		{"JPEG of many scans", plainJPEG(0xc0, 8, 8, 1000), Broken, "1000 scans"},
		{"JPEG without height", withSize(good, 96, 0), Broken, "0"},
		{"PNG of 16000×16000", pngHeader(16000, 16000), TooManyPixels, "16000×16000"},
		{"PNG of 40000×1", pngHeader(40000, 1), TooManyPixels, "40000×1"},
		{"WebP of 16000×16000", replaced(webp, "\x9d\x01\x2a\x60\x00\x40\x00", "\x9d\x01\x2a\x80\x3e\x80\x3e"), TooManyPixels, "16000×16000"},
		{"HEIC of 60 megapixels", replaced(heic, size32(96, 64), size32(10000, 6000)), TooManyPixels, "10000×6000"},
		{"JPEG without end", good[:len(good)-20], Broken, "JPEG is damaged"},
		{"JPEG of its first bytes", good[:2], Broken, "its end is missing"},
		{"progressive JPEG without end", stored(t, "progressive.jpg")[:400], Broken, "JPEG is damaged"},
		{"PNG without end", pngOf(t, fieldsImage(96, 64))[:90], Broken, "PNG is damaged"},
		{"WebP without end", webp[:80], Broken, "WebP is damaged"},
		{"HEIC without end", heic[:len(heic)-1], Broken, "its end is missing"},
		{"HEIC of its first bytes", heic[:24], Broken, "HEIC is damaged"},
		{"HEIC with damaged pixels", append(bytes.Clone(heic[:bytes.Index(heic, []byte("mdat"))+4]), make([]byte, len(heic)-bytes.Index(heic, []byte("mdat"))-4)...), Broken, "HEIC is damaged"},
		{"HEIC without stream headers", replaced(heic, "hvcC", "hvcX"), Broken, "HEIC is damaged"},
		{"more than 20 MB", append(bytes.Clone(good), make([]byte, 25<<20)...), TooManyBytes, "25.0 MB; at most 20.0 MB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := NewDecoder(Limits{}).Decode(context.Background(), test.data)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("a picture: %t, %v", p != nil, err)
			}
			if e.Kind != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v; want %s with %q", e.Kind, err, test.kind, test.says)
			}
		})
	}
}

func TestEveryTruncationIsAnErrorOrAPicture(t *testing.T) {
	d := NewDecoder(Limits{})
	for _, name := range []string{"420.jpg", "422.jpg", "progressive.jpg", "cmyk.jpg", "alpha.webp", "lossless.webp", "turned.webp"} {
		data := stored(t, name)
		for n := range data {
			if p, err := d.Decode(context.Background(), data[:n]); err != nil {
				if e := (*Error)(nil); !errors.As(err, &e) {
					t.Fatalf("%s cut to %d bytes: %v", name, n, err)
				}
			} else if p.Bounds() != image.Rect(0, 0, 96, 64) {
				t.Fatalf("%s cut to %d bytes is %v large", name, n, p.Bounds())
			}
		}
	}
}

func TestALiarAboutItsSizeDoesNotWin(t *testing.T) {
	// The container says 96×64, the stream 6144×4096.
	liar := replaced(stored(t, "large.heic"), size32(6144, 4096), size32(96, 64))
	_, err := NewDecoder(Limits{Pixels: 1e6}).Decode(context.Background(), liar)
	if e := (*Error)(nil); !errors.As(err, &e) || e.Kind != TooManyPixels {
		t.Errorf("%v", err)
	}
}

func TestLimitsAreConfigurable(t *testing.T) {
	data := jpegOf(t, fieldsImage(96, 64))
	for _, test := range []struct {
		limits Limits
		kind   Kind
	}{
		{Limits{Bytes: int64(len(data)) - 1}, TooManyBytes},
		{Limits{Pixels: 96*64 - 1}, TooManyPixels},
		{Limits{Bytes: int64(len(data)), Pixels: 96 * 64}, ""},
	} {
		_, err := NewDecoder(test.limits).Decode(context.Background(), data)
		e := &Error{}
		errors.As(err, &e)
		if e.Kind != test.kind {
			t.Errorf("%+v: %v", test.limits, err)
		}
	}
}

func TestWaitingForADecodeEndsWithTheContext(t *testing.T) {
	d := NewDecoder(Limits{AtOnce: 1})
	slow, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := d.Decode(slow, stored(t, "large.heic"))
		done <- err
	}()
	for d.slots.TryAcquire(1) { // until the slow one has it
		d.slots.Release(1)
		time.Sleep(time.Millisecond)
	}
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer stop()
	if _, err := d.Decode(ctx, stored(t, "420.jpg")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := d.Decode(context.Background(), stored(t, "420.jpg")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAHEICThatNobodyWaitsForIsNotDecodedToItsEnd(t *testing.T) {
	d, data := NewDecoder(Limits{}), stored(t, "large.heic")
	took := func(ctx context.Context) (time.Duration, error) {
		begin := time.Now()
		_, err := d.Decode(ctx, data)
		return time.Since(begin), err
	}
	if _, err := d.Decode(context.Background(), stored(t, "still.heic")); err != nil { // prepares the decoder
		t.Fatal(err)
	}
	whole, err := took(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), whole/10)
	defer cancel()
	part, err := took(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || part > whole/2 {
		t.Errorf("%v after %v of %v", err, part, whole)
	}
}

func TestACancelledDecodeIsNotABrokenPhoto(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := NewDecoder(Limits{}).Decode(ctx, stored(t, "progressive.jpg"))
	if e := (*Error)(nil); !errors.Is(err, context.Canceled) || errors.As(err, &e) {
		t.Errorf("%v", err)
	}
}

func TestADecoderThatPanicsIsABrokenPhoto(t *testing.T) {
	_, err := decode(context.Background(), header{format: "jpeg", jpeg: &usualJPEG{}}, nil)
	if e := (*Error)(nil); !errors.As(err, &e) || e.Kind != Broken {
		t.Errorf("%v", err)
	}
}

// A picture of a single colour is small as a file and large as pixels.
func TestBombsGiveTheirMemoryBack(t *testing.T) {
	blank := image.NewPaletted(image.Rect(0, 0, 7000, 7000), color.Palette{color.White, color.Black})
	flat := image.NewGray(image.Rect(0, 0, 5000, 5000))
	progressive := plainJPEG(0xc2, 7000, 7000, 1)
	for _, test := range []struct {
		name string
		data []byte
	}{{"PNG", pngOf(t, blank)}, {"JPEG", jpegOf(t, flat)}, {"progressive JPEG", progressive}} {
		t.Run(test.name, func(t *testing.T) {
			before := heap()
			p, err := NewDecoder(Limits{}).Decode(context.Background(), test.data)
			kept := heap() - before
			t.Logf("%d bytes: %d KB kept, %v", len(test.data), kept>>10, err)
			if kept > 8<<20 {
				t.Errorf("%d MB kept while the photo is used", kept>>20)
			}
			if err != nil {
				t.Error(err)
			}
			runtime.KeepAlive(p)
			p = nil
			if left := heap() - before; left > 1<<20 {
				t.Errorf("%d KB left afterwards", left>>10)
			}
		})
	}
}

// plainJPEG is a grey JPEG of nothing but zero bits, of which one is a block's first coefficient
// and, if it is not progressive, one is the end of the block.
func plainJPEG(frame byte, w, h uint16, scans int) []byte {
	var b bytes.Buffer
	b.WriteString("\xff\xd8\xff\xdb\x00\x43\x00" + strings.Repeat("\x01", 64))
	b.Write([]byte{0xff, frame, 0, 11, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 1, 1, 0x11, 0})
	for _, table := range []byte{0x00, 0x10} {
		b.Write([]byte{0xff, 0xc4, 0, 20, table, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	}
	blocks := (int(w) + 7) / 8 * ((int(h) + 7) / 8)
	last, bits := byte(63), 2*blocks
	if frame == 0xc2 {
		last, bits = 0, blocks
	}
	for range scans {
		b.Write([]byte{0xff, 0xda, 0, 8, 1, 1, 0, 0, last, 0})
		b.Write(make([]byte, (bits+7)/8))
	}
	b.WriteString("\xff\xd9")
	return b.Bytes()
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"420.jpg", "422.jpg", "rgb.jpg", "cmyk.jpg", "progressive.jpg", "lossy.webp", "lossless.webp", "alpha.webp", "turned.webp", "animated.webp", "grey.heic"} {
		f.Add(stored(f, name))
	}
	f.Add(pngOf(f, fieldsImage(8, 8)))
	f.Add(plainJPEG(0xc2, 30, 20, 3))
	f.Add([]byte("GIF89a"))
	d := NewDecoder(Limits{Pixels: 1 << 18})
	if _, err := d.Decode(context.Background(), stored(f, "grey.heic")); err != nil { // prepares the decoder
		f.Fatal(err)
	}
	dst := make([]float32, 3*8*8)
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		p, err := d.Decode(ctx, data)
		if err != nil {
			if e := (*Error)(nil); !errors.As(err, &e) {
				t.Fatalf("neither a photo nor an error of ours: %v", err)
			}
			return
		}
		b := p.Bounds()
		if b.Empty() || b.Dx()*b.Dy() > 1<<18 {
			t.Fatalf("bounds %v", b)
		}
		p.Sample(dst, b, 8)
		p.Sample(dst, image.Rect(b.Dx()/2, 0, b.Dx(), b.Dy()/3), 8)
		p.Hash()
		if got, want := p.Image().Bounds(), b; got.Dx() > want.Dx() || got.Dy() > want.Dy() {
			t.Fatalf("image %v of %v", got, want)
		}
	})
}
