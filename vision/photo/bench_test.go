package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkPhoto times what recognition asks of a photo: decoding, and decoding with two samples of
// 260 pixels, of the whole and of a part. "standard" is image/jpeg alone, for comparison.
func BenchmarkPhoto(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"640", 640, 480}, {"2MP", 1632, 1224}, {"8MP", 3264, 2448}} {
		data := jpegOf(b, scene(size.w, size.h))
		b.Run(size.name, func(b *testing.B) { benchmarkPhoto(b, data) })
	}
	b.Run("heic", func(b *testing.B) { benchmarkPhoto(b, stored(b, "still.heic")) })
}

// BenchmarkRealPhoto is BenchmarkPhoto with photos of telephones.
func BenchmarkRealPhoto(b *testing.B) {
	folder := filepath.Join(photoFolder(b), "formats")
	for _, name := range []string{
		"phone-jpeg/DSCN0010.jpg", "phone-jpeg/Reconyx_HC500_Hyperfire.jpg", "phone-jpeg/jolla.jpg",
		"phone-jpeg/iphone_hdr_NO.jpg", "heic/goheif_camel.heic", "heic/exif-samples_iphone_13_pro_max.HEIC",
	} {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Base(name), func(b *testing.B) { benchmarkPhoto(b, data) })
	}
}

func benchmarkPhoto(b *testing.B, data []byte) {
	d := NewDecoder(Limits{})
	decode := func(b *testing.B) *Photo {
		p, err := d.Decode(context.Background(), data)
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	decode(b) // prepares the HEIC decoder
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.ReportMetric(float64(len(data))/1e6, "MB")
		for b.Loop() {
			decode(b)
		}
	})
	b.Run("two-samples", func(b *testing.B) {
		dst := make([]float32, 3*260*260)
		for b.Loop() {
			p := decode(b)
			r := p.Bounds()
			p.Sample(dst, r, 260)
			side := min(r.Dx(), r.Dy()) / 2
			p.Sample(dst, image.Rect(side/2, side/2, side/2+side, side/2+side), 260)
		}
	})
	if _, err := jpeg.DecodeConfig(bytes.NewReader(data)); err == nil {
		b.Run("standard", func(b *testing.B) {
			for b.Loop() {
				if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleDecoder() {
	_, err := NewDecoder(Limits{}).Decode(context.Background(), []byte("GIF89a"))
	fmt.Println(err)
	// Output: this is a GIF; send JPEG, PNG, WebP or HEIC
}
