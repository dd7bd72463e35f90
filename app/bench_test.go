package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
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

// BenchmarkAThousandListeners captures an animal while a thousand listen to the
// board of the day, and reports how long after the answer the event has reached
// the last of them, and what a listener costs the service in memory.
func BenchmarkAThousandListeners(b *testing.B) {
	const listeners = 1000
	photo := animal(b, "lion")
	url := databasetest.URL(b)
	p := startProcess(b, serveVariable+"="+url)
	db := open(b, url)
	p.photograph(b, [][]byte{photo}, 4)
	before := p.memory(b, "VmRSS")
	var mu sync.Mutex
	heard := make(chan time.Time, listeners)
	awaited := `"total":0,`
	var closing []io.Closer
	for range listeners {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			b.Fatal(err)
		}
		closing = append(closing, conn)
		fmt.Fprint(conn, "GET /v1/standings/today/live HTTP/1.1\r\nHost: zoo\r\n\r\n")
		go func() {
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				mu.Lock()
				if strings.HasPrefix(lines.Text(), "data: ") && strings.Contains(lines.Text(), awaited) {
					heard <- time.Now()
				}
				mu.Unlock()
			}
		}()
	}
	wait := func() (last time.Time) {
		for range listeners {
			select {
			case last = <-heard:
			case <-time.After(20 * time.Second):
				b.Fatal("not all listeners heard of it")
			}
		}
		return last
	}
	wait()
	each := (p.memory(b, "VmRSS") - before) * 1024 / listeners
	var took []time.Duration
	for n := 1; b.Loop(); n++ {
		b.StopTimer()
		if err := db.Gorm().Exec("DELETE FROM prints").Error; err != nil { // or it would be a copy
			b.Fatal(err)
		}
		v := newPlayer(b, p.url, "phone", [][]byte{photo})
		if status, body, err := v.call(http.DefaultClient, p.url, &move{method: "PUT", path: "/v1/me/standings", body: []byte(`{"standings":true}`)}); err != nil || status != http.StatusOK {
			b.Fatal(status, string(body), err)
		}
		mu.Lock()
		awaited = fmt.Sprintf(`"total":%d,`, n)
		mu.Unlock()
		b.StartTimer()
		id := uuid.NewString()
		v.photoOf[id] = photo
		if status, body, err := v.call(http.DefaultClient, p.url, v.capture(id)); err != nil || status != http.StatusCreated {
			b.Fatal(status, string(body), err)
		}
		answered := time.Now()
		took = append(took, wait().Sub(answered))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms-median")
	b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "ms-worst")
	b.ReportMetric(each, "KB/listener")
	for _, c := range closing {
		c.Close()
	}
	if err := p.terminate(); err != nil {
		b.Error(err)
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
