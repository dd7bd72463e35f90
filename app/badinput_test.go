package app_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/image/bmp"
)

// heapMargin is how much more memory than before may be in use after all the
// bad input: buffers in pools, connections, metrics of new statuses.
const heapMargin = 24 << 20

// heap is the memory in use after what is garbage was collected.
func heap() uint64 {
	http.DefaultClient.CloseIdleConnections()
	for range 3 { // pools let go at the second collection
		runtime.GC()
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Whatever is sent: a clear problem, nothing recorded, and the service goes on.
func TestBadInput(t *testing.T) {
	s := start(t)
	v, other := s.join(), s.join()
	photo := drawing(1)
	if a := other.capture(photo); a.status != http.StatusCreated {
		t.Fatal(a)
	}
	photos := badPhotos(t)
	before := heap()

	for _, c := range photos {
		t.Run(c.name, func(t *testing.T) {
			form, kind := multipartOf("photo", c.data)
			for how, a := range map[string]answer{
				"captured":  v.capture(c.data),
				"multipart": v.capture(form, "Content-Type", kind),
				"chunked":   v.ask("PUT", "/v1/captures/"+uuid.NewString(), io.MultiReader(bytes.NewReader(c.data))),
				"looked at": v.ask("POST", "/v1/looks", bytes.NewReader(c.data), "Content-Type", "image/jpeg"),
			} {
				if a.status != c.status || a.kind() != c.kind {
					t.Errorf("%s: answered %.300s, want %d %s", how, a, c.status, c.kind)
				}
			}
		})
	}

	token := "Bearer " + v.Token
	capture := func() string { return "/v1/captures/" + uuid.NewString() }
	broken, _ := multipartOf("photo", photo)
	noField, noFieldKind := multipartOf("picture", photo)
	emptyField, emptyFieldKind := multipartOf("photo", nil)
	for _, c := range []struct {
		name, method, path string
		headers            []string
		body               []byte
		status             int
		kind               string
	}{
		{"no token", "PUT", capture(), nil, photo, 401, "no-token"},
		{"no token, 25 MB", "PUT", capture(), nil, make([]byte, 25<<20), 401, "no-token"},
		{"no token, a look", "POST", "/v1/looks", nil, photo, 401, "no-token"},
		{"no token, the dex", "GET", "/v1/dex", nil, nil, 401, "no-token"},
		{"an empty token", "GET", "/v1/me", []string{"Authorization", "Bearer "}, nil, 401, "no-token"},
		{"another scheme", "PUT", capture(), []string{"Authorization", "Basic " + v.Token}, photo, 401, "no-token"},
		{"a bare token", "PUT", capture(), []string{"Authorization", v.Token}, photo, 401, "no-token"},
		{"a wrong token", "PUT", capture(), []string{"Authorization", token + "x"}, photo, 401, "unknown-token"},
		{"a token of another kind", "GET", "/v1/me", []string{"Authorization", "Bearer " + v.ID}, nil, 401, "unknown-token"},
		{"a token that is SQL", "GET", "/v1/me", []string{"Authorization", "Bearer ' OR '1'='1"}, nil, 401, "unknown-token"},
		{"a pass code for a token", "GET", "/v1/me", []string{"Authorization", "Bearer " + v.PassCode}, nil, 401, "unknown-token"},
		{"a wrong UUID", "PUT", "/v1/captures/123", []string{"Authorization", token}, photo, 422, "invalid"},
		{"a UUID with a tail", "PUT", capture() + "0", []string{"Authorization", token}, photo, 422, "invalid"},
		{"a UUID that is SQL", "PUT", "/v1/captures/';DROP%20TABLE%20captures;--", []string{"Authorization", token}, photo, 422, "invalid"},
		{"no UUID", "PUT", "/v1/captures/", []string{"Authorization", token}, photo, 404, "no-such-page"},
		{"a path for a UUID", "PUT", "/v1/captures/..%2f..%2fme", []string{"Authorization", token}, photo, 422, "invalid"},
		{"a garbled time", "PUT", capture() + "?at=soon", []string{"Authorization", token}, photo, 422, "invalid"},
		{"a time to come", "PUT", capture() + "?at=2099-01-01T00:00:00Z", []string{"Authorization", token}, photo, 422, "capture-in-the-future"},
		{"a time long ago", "PUT", capture() + "?at=2020-01-01T00:00:00Z", []string{"Authorization", token}, photo, 422, "capture-too-old"},
		{"another field", "PUT", capture(), []string{"Authorization", token, "Content-Type", noFieldKind}, noField, 400, "photo-missing"},
		{"an empty field", "PUT", capture(), []string{"Authorization", token, "Content-Type", emptyFieldKind}, emptyField, 400, "photo-missing"},
		{"a broken boundary", "PUT", capture(), []string{"Authorization", token, "Content-Type", "multipart/form-data; boundary=other"}, broken, 400, "bad-request"},
		{"no boundary", "PUT", capture(), []string{"Authorization", token, "Content-Type", "multipart/form-data"}, broken, 400, "bad-request"},
		{"a form cut short", "PUT", capture(), []string{"Authorization", token, "Content-Type", noFieldKind}, noField[:len(noField)/2], 400, "bad-request"},
		{"a photo in JSON", "PUT", capture(), []string{"Authorization", token, "Content-Type", "application/json"}, []byte(`{"photo":"AAAA"}`), 415, "not-a-photo"},
		{"an unknown slug", "GET", "/v1/species/unicorn", []string{"Authorization", token}, nil, 404, "unknown-species"},
		{"a slug in capitals", "GET", "/v1/species/LION", []string{"Authorization", token}, nil, 404, "unknown-species"},
		{"a slug with a path", "GET", "/v1/species/..%2f..%2fetc%2fpasswd", []string{"Authorization", token}, nil, 404, "unknown-species"},
		{"a slug with a null", "GET", "/v1/species/lion%00", []string{"Authorization", token}, nil, 404, "unknown-species"},
		{"a slug that is SQL", "GET", "/v1/species/'%20OR%201=1--", []string{"Authorization", token}, nil, 404, "unknown-species"},
		{"a long slug", "GET", "/v1/species/" + strings.Repeat("a", 81), []string{"Authorization", token}, nil, 422, "invalid"},
		{"not UTF-8", "GET", "/v1/species/%ff%fe", []string{"Authorization", token}, nil, 404, "unknown-species"},
		{"an unknown call", "GET", "/v1/unicorns", []string{"Authorization", token}, nil, 404, "no-such-page"},
		{"an unknown call, posted", "POST", "/v1/unicorns", []string{"Authorization", token}, photo, 404, "no-such-page"},
		{"an unknown page", "GET", "/unicorns.html", nil, nil, 404, "no-such-page"},
		{"a path out of the pages", "GET", "/..%2f..%2fservice.go", nil, nil, 404, "no-such-page"},
		{"a path out of the assets", "GET", "/assets/%2e%2e/%2e%2e/web.go", nil, nil, 404, "no-such-page"},
		{"another method", "POST", capture(), []string{"Authorization", token}, photo, 405, "method-not-allowed"},
		{"another method of the dex", "DELETE", "/v1/dex", []string{"Authorization", token}, nil, 405, "method-not-allowed"},
		{"a method that is none", "BREW", "/v1/dex", []string{"Authorization", token}, nil, 405, "method-not-allowed"},
		{"a method that is none, elsewhere", "BREW", "/healthz", nil, nil, 405, "method-not-allowed"},
		{"a look that is read", "GET", "/v1/looks", []string{"Authorization", token}, nil, 405, "method-not-allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.ask(c.method, c.path, bytes.NewReader(c.body), c.headers...)
			if a.status != c.status || a.kind() != c.kind {
				t.Errorf("answered %.300s, want %d %s", a, c.status, c.kind)
			}
			if a.status == 401 && a.header.Get("WWW-Authenticate") == "" {
				t.Error("it does not say how to authenticate")
			}
			if a.status == 405 && a.header.Get("Allow") == "" {
				t.Error("it does not say which methods there are")
			}
		})
	}

	// Too much before the body: refused, or cut off by a server that reads no more.
	for _, path := range []string{"/v1/dex", "/v1/species/" + strings.Repeat("a", 64<<10)} {
		a, err := s.try("GET", path, nil, "Authorization", token, "X-Large", strings.Repeat("x", 64<<10))
		if err == nil && a.status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("huge headers: answered %.300s", a)
		}
	}

	if n := s.count(`SELECT count(*) FROM captures`) + s.count(`SELECT count(*) FROM ledger`); n != 1 {
		t.Errorf("%d rows are kept, want the other visitor's one", n)
	}
	var export struct{ Captures []any }
	v.get("/v1/me/export").into(t, &export)
	if len(export.Captures) != 0 {
		t.Errorf("the visitor has %d captures: another's token gave them away", len(export.Captures))
	}
	if strings.Contains(s.log.String(), "panic") {
		t.Error("something panicked")
	}
	after := heap()
	runtime.KeepAlive(photos)
	t.Logf("heap %d MB before, %d MB after", before>>20, after>>20)
	if after > before+heapMargin {
		t.Errorf("%d MB are in use, %d MB were before", after>>20, before>>20)
	}
	if a := v.capture(photo); a.status != http.StatusCreated || s.ask("GET", "/healthz", nil).status != http.StatusOK {
		t.Errorf("afterwards a good photo is answered %s", a)
	}
}

type badPhoto struct {
	name   string
	data   []byte
	status int
	kind   string
}

func badPhotos(t *testing.T) []badPhoto {
	t.Helper()
	photo := drawing(1)
	small := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	var asGIF, asBMP bytes.Buffer
	if err := errors.Join(gif.Encode(&asGIF, small, nil), bmp.Encode(&asBMP, small)); err != nil {
		t.Fatal(err)
	}
	box := func(brand string) []byte {
		return []byte("\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00mif1" + brand)
	}
	heic := map[string][]byte{
		"corrupted": append(box("heic"), bytes.Repeat([]byte{0xa5}, 4000)...),
		"truncated": box("heic"),
		"empty":     append(box("heic"), "\x00\x00\x00\x08mdat"...),
	}
	for name := range heic {
		if real, err := os.ReadFile(filepath.Join(photosMaybe(), "formats", "heic", "pillow_heif_"+name+".heic")); err == nil {
			heic[name+", real"] = real
		}
	}
	bad := []badPhoto{
		{"an empty body", nil, 400, "photo-missing"},
		{"one byte", []byte{0xff}, 415, "not-a-photo"},
		{"text", []byte("I am a lion."), 415, "not-a-photo"},
		{"a page", []byte("<!DOCTYPE html><svg onload=alert(1)>"), 415, "not-a-photo"},
		{"zeros", make([]byte, 5000), 415, "not-a-photo"},
		{"a truncated JPEG", photo[:len(photo)/3], 422, "broken-photo"},
		{"the start of a JPEG", photo[:3], 422, "broken-photo"},
		{"a JPEG without pixels", patched(photo, 0, 0), 422, "broken-photo"},
		{"a GIF", asGIF.Bytes(), 415, "not-a-photo"},
		{"a GIF of 34 bytes that claims 16000x16000", []byte("GIF89a\x80\x3e\x80\x3e\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x80\x3e\x80\x3e\x00\x02\x00;"), 415, "not-a-photo"},
		{"a BMP", asBMP.Bytes(), 415, "not-a-photo"},
		{"an AVIF", append(box("avif"), make([]byte, 100)...), 415, "not-a-photo"},
		{"a PNG bomb", blankPNG(12000, 12000), 413, "too-many-pixels"},
		{"a PNG that claims 60000x60000", patchedPNG(60000, 60000), 413, "too-many-pixels"},
		{"a PNG cut short", blankPNG(3000, 3000)[:1000], 422, "broken-photo"},
		{"a JPEG of 60 megapixels", encoded(image.NewGray(image.Rect(0, 0, 8000, 7500))), 413, "too-many-pixels"},
		{"a JPEG that claims 65535x65535", patched(photo, 65535, 65535), 413, "too-many-pixels"},
		{"25 MB", append(bytes.Clone(photo), make([]byte, 25<<20)...), 413, "photo-too-large"},
	}
	for name, data := range heic {
		status, kind := 422, "broken-photo"
		if len(data) == 0 {
			status, kind = 400, "photo-missing"
		}
		bad = append(bad, badPhoto{"a HEIC, " + name, data, status, kind})
	}
	return bad
}

// patched gives a JPEG another size in its header.
func patched(photo []byte, width, height uint16) []byte {
	p := bytes.Clone(photo)
	at := bytes.Index(p, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(p[at+5:], height)
	binary.BigEndian.PutUint16(p[at+7:], width)
	return p
}

// patchedPNG claims a size in its header, rightly summed.
func patchedPNG(width, height uint32) []byte {
	p := blankPNG(8, 8)
	binary.BigEndian.PutUint32(p[16:], width)
	binary.BigEndian.PutUint32(p[20:], height)
	binary.BigEndian.PutUint32(p[29:], crc32.ChecksumIEEE(p[12:29]))
	return p
}
