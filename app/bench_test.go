package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"golang.org/x/image/draw"
)

// frame is a real photo as the page sends it: a JPEG of 640 pixels.
func frame(b *testing.B) []byte {
	b.Helper()
	m, err := jpeg.Decode(bytes.NewReader(animal(b, "lion")))
	if err != nil {
		b.Fatal(err)
	}
	size := m.Bounds().Size()
	scaled := image.NewRGBA(image.Rect(0, 0, 640, size.Y*640/size.X))
	draw.CatmullRom.Scale(scaled, scaled.Bounds(), m, m.Bounds(), draw.Src, nil)
	return encoded(scaled)
}

func unlimited(l *api.Limits) { l.VisitorPhotos, l.AddressCalls, l.AddressJoins = 0, 0, 0 }

// measure sends requests one after another, or from several phones at once, and
// reports how long the slowest ones took.
func measure(b *testing.B, phones int, send func(v *visitor) answer) {
	s := start(b, limits(unlimited))
	send(s.join())
	b.ResetTimer()
	var mu sync.Mutex
	var took []time.Duration
	b.SetParallelism(phones)
	one := func(v *visitor) {
		begin := time.Now()
		if a := send(v); a.status > 201 {
			b.Error(a)
		}
		mu.Lock()
		defer mu.Unlock()
		took = append(took, time.Since(begin))
	}
	if phones == 0 {
		v := s.join()
		for b.Loop() {
			one(v)
		}
	} else {
		b.RunParallel(func(pb *testing.PB) {
			v := s.join()
			for pb.Next() {
				one(v)
			}
		})
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "answers/s")
}

// BenchmarkCapture is the whole way: HTTP, decoding, both looks of the network,
// the transaction.
func BenchmarkCapture(b *testing.B) {
	photo := frame(b)
	capture := func(v *visitor) answer { return v.capture(photo) }
	b.Run("one phone", func(b *testing.B) { measure(b, 0, capture) })
	b.Run("many phones", func(b *testing.B) { measure(b, 4, capture) })
}

// BenchmarkRetry is a capture that was answered before.
func BenchmarkRetry(b *testing.B) {
	photo, id := frame(b), uuid.NewString()
	measure(b, 0, func(v *visitor) answer { return v.captureAs(id, photo) })
}

// BenchmarkLook is a capture without the keeping.
func BenchmarkLook(b *testing.B) {
	photo := frame(b)
	look := func(v *visitor) answer { return v.ask("POST", "/v1/looks", bytes.NewReader(photo)) }
	b.Run("one phone", func(b *testing.B) { measure(b, 0, look) })
	b.Run("many phones", func(b *testing.B) { measure(b, 4, look) })
}

// BenchmarkDex reads the collection of a visitor.
func BenchmarkDex(b *testing.B) {
	measure(b, 0, func(v *visitor) answer { return v.get("/v1/dex") })
}

// most is what the service may hold in memory after 200 captures, in MB.
const most = 250

// BenchmarkResidentMemory reports what a service process holds, without its
// database, after 200 captures by several phones at once; and at its worst
// after large photos and HEIC too.
func BenchmarkResidentMemory(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("this system does not tell a process's memory in /proc")
	}
	folder := photoFolder(b)
	var large [][]byte
	for _, pattern := range []string{"formats/phone-jpeg/*.jpg", "formats/heic/*.H*", "formats/heic/*.heif", "commons-hires/*/*"} {
		files, _ := filepath.Glob(filepath.Join(folder, pattern))
		for _, f := range files {
			large = append(large, read(b, f))
		}
	}
	frames := somePhotos(b)
	for b.Loop() {
		p := startProcess(b, serveVariable+"="+databasetest.URL(b))
		started := p.memory(b, "VmRSS")
		p.photograph(b, frames, 200)
		after := p.memory(b, "VmRSS")
		p.photograph(b, large, len(large))
		b.ReportMetric(started, "MB-at-start")
		b.ReportMetric(after, "MB-after-200")
		b.ReportMetric(p.memory(b, "VmRSS"), "MB-after-large-photos")
		b.ReportMetric(p.memory(b, "VmHWM"), "MB-peak")
		if after > most {
			b.Errorf("the service holds %.0f MB after 200 captures, more than %d MB", after, most)
		}
		if err := p.terminate(); err != nil {
			b.Error(err)
		}
	}
}

// photograph captures n photos from four phones at once.
func (p *process) photograph(b *testing.B, photos [][]byte, n int) {
	b.Helper()
	jobs := make(chan []byte)
	var phones sync.WaitGroup
	for range 4 {
		c := newPlayer(b, p.url, "phone", nil)
		phones.Go(func() {
			for photo := range jobs {
				id := uuid.NewString()
				c.photoOf[id] = photo
				capture := c.capture(id)
				status, body, err := c.call(http.DefaultClient, p.url, capture)
				for ; status == http.StatusServiceUnavailable; status, body, err = c.call(http.DefaultClient, p.url, capture) {
					time.Sleep(time.Second) // as it asks for
				}
				if err != nil || status > 201 && status != http.StatusUnprocessableEntity {
					b.Errorf("%d %s %v", status, body, err)
				}
			}
		})
	}
	for i := range n {
		jobs <- photos[i%len(photos)]
	}
	close(jobs)
	phones.Wait()
}

// memory reads a line of the process's status, in MB.
func (p *process) memory(b *testing.B, field string) float64 {
	b.Helper()
	status := string(read(b, fmt.Sprintf("/proc/%d/status", p.Process.Pid)))
	_, rest, _ := strings.Cut(status, field+":")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}
