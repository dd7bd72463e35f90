package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// beast is a PNG of an animal of one of two kinds, each a little different.
func beast(t *testing.T, kind string, number int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for y := range 120 {
		for x := range 160 {
			c := color.RGBA{70, uint8(100 + 5*number), 50, 255}
			dx, dy := float64(x-40-(number*37+9*len(kind))%80), float64(y-35-(number*23+5*len(kind))%50)
			if math.Hypot(dx, dy) < 28+float64(number*5%12) {
				switch {
				case kind == "striped" && math.Sin(dx/2.5+float64(number)) > 0:
					c = color.RGBA{10, 10, 10, 255}
				case kind == "striped":
					c = color.RGBA{240, 240, 240, 255}
				case math.Sin(dx/3+float64(number))*math.Sin(dy/3) > 0.3:
					c = color.RGBA{50, 30, 10, 255}
				default:
					c = color.RGBA{220, 170, 60, 255}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// beasts are a folder of both kinds.
func beasts(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, kind := range []string{"spotted", "striped"} {
		if err := os.Mkdir(filepath.Join(folder, kind), 0o700); err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			if err := os.WriteFile(filepath.Join(folder, kind, fmt.Sprint(i, ".png")), beast(t, kind, i), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "striped", "text.jpg"), []byte("no photo"), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestWhatIsTaughtIsIdentified(t *testing.T) {
	folder, work := beasts(t), t.TempDir()
	head, report, cache := filepath.Join(work, "new.head"), filepath.Join(work, "report"), filepath.Join(work, "cache")
	code, out, err := runs("teach", folder, "--out", head, "--report", report, "--cache", cache)
	if code != 0 || !strings.HasPrefix(out, "Ready.\n") || !strings.Contains(err, "13 of 13") {
		t.Fatalf("code %d, %q, %q", code, out, err)
	}
	for _, want := range []string{"striped/text.jpg: left out", "Shown (down) and taken for (across)", "100.0 %"} {
		if !strings.Contains(out, want) {
			t.Errorf("the terminal lacks %q:\n%s", want, out)
		}
	}
	if page, err := os.ReadFile(filepath.Join(report, "index.html")); err != nil || !bytes.Contains(page, []byte("Ready.")) {
		t.Errorf("the report: %v", err)
	}

	code, out, err = runs("teach", folder, "--json", "--cache", cache)
	var r struct {
		Verdict, Sentence string
		Accuracy          float64
		Matrix            [][]int
		Species           []struct{ Name string }
		Noted             []struct{ Photo string }
	}
	if json.Unmarshal([]byte(out), &r) != nil || code != 0 || r.Verdict != "ready" || r.Accuracy != 1 || len(r.Matrix) != 2 ||
		r.Species[0].Name != "spotted" || len(r.Noted) == 0 || r.Noted[0].Photo != "striped/text.jpg" {
		t.Errorf("code %d, %s, %q", code, out, err)
	}

	photo := file(t, "new.png", beast(t, "striped", 8))
	code, out, err = runs("identify", "--head", head, "--json", photo)
	var found struct {
		Outcome    string
		Species    *struct{ Slug, Name string }
		Candidates []map[string]any
	}
	if code != 0 || json.Unmarshal([]byte(out), &found) != nil || found.Species == nil || found.Outcome != "certain" || found.Species.Slug != "striped" {
		t.Fatalf("code %d, %s, %q", code, out, err)
	}
	if first := found.Candidates[0]; first["index"] != nil || first["species"].(map[string]any)["slug"] != "striped" {
		t.Errorf("first candidate %v", first)
	}
	if last := found.Candidates[4]; last["index"] == nil || last["wordnetId"] == nil {
		t.Errorf("last candidate %v", last)
	}
	if code, out, _ := runs("identify", photo); code != 0 || strings.Contains(out, "striped") {
		t.Errorf("without the head: code %d, %q", code, out)
	}
}

func TestAMistakeInTeachingIsOneSentence(t *testing.T) {
	folder, text := beasts(t), file(t, "text.head", []byte("no head"))
	one := t.TempDir()
	if err := os.MkdirAll(filepath.Join(one, "okapi"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(one, "okapi", "a.png"), beast(t, "striped", 1), 0o600); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	for says, args := range map[string][]string{
		"expected":     {"teach"},
		"is empty":     {"teach", t.TempDir()},
		"no such file": {"teach", filepath.Join(folder, "none")},
		"one photo":    {"teach", one, "--cache", cache},
		"text.head":    {"teach", folder, "--cache", text},
		"not a file":   {"identify", "--head", text, text},
		"none.head":    {"identify", "--head", filepath.Join(folder, "none.head"), text},
	} {
		code, out, err := runs(args...)
		if code == 0 || out != "" || !strings.HasPrefix(last(err), "zoodex: ") || !strings.Contains(last(err), says) {
			t.Errorf("zoodex %s: code %d, out %q, error %q; want %q", strings.Join(args, " "), code, out, err, says)
		}
	}
}

// last is the last line of what was said.
func last(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return lines[len(lines)-1]
}
