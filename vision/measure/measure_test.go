package main

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/vision/engine"
)

func TestCalibrationErrorIsHowFarConfidenceIsFromCorrectness(t *testing.T) {
	for name, c := range map[string]struct {
		outcomes []outcome
		want     float64
	}{
		"sure and right":  {[]outcome{{1, true}, {1, true}}, 0},
		"sure and wrong":  {[]outcome{{1, false}}, 1},
		"half, half":      {[]outcome{{0.5, true}, {0.5, false}}, 0},
		"modest, right":   {[]outcome{{0.3, true}, {0.3, true}}, 0.7},
		"bins do not mix": {[]outcome{{0.9, false}, {0.1, true}}, 0.9},
	} {
		if got := calibrationError(c.outcomes); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %g, want %g", name, got, c.want)
		}
	}
}

func TestGroupsAreJudgedByTheTree(t *testing.T) {
	lion, raccoon := &shot{classes: []int{291}}, &shot{group: "mammal"}
	for group, want := range map[string][2]bool{
		"big-cat": {true, false}, "cat": {true, false}, "mammal": {true, true}, "animal": {true, true}, "bird": {false, false},
	} {
		if got := [2]bool{lion.isA(group), raccoon.isA(group)}; got != want {
			t.Errorf("lion and raccoon in %s: %v, want %v", group, got, want)
		}
	}
}

// A folder of three pictures is enough for every table.
func TestTheTablesArePrinted(t *testing.T) {
	folder := folderOf(t, `path,set,label,purpose,imagenet_idx
red.png,mine,lion,A,291
green.png,mine,raccoon,B,
blue.png,mine,wall,C,
`)
	var out strings.Builder
	if err := run(context.Background(), &out, folder, "", engine.Options{Precision: engine.Int8, Runs: 2}, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"3 photos, 179 residents", "| mine | 1 |", "| stranger | 1 |", "| thing | 1 |", "### Int8 against float32", "### Thresholds", "calibration", "chosen on"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestAWrongFolderIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ manifest, says string }{
		"unknown animal": {"path,set,label,purpose,imagenet_idx\nred.png,mine,yeti,B,\n", "yeti"},
		"no such class":  {"path,set,label,purpose,imagenet_idx\nred.png,mine,lion,A,1000\n", "1000"},
		"missing photo":  {"path,set,label,purpose,imagenet_idx\nnone.png,mine,lion,A,291\n", "none.png"},
		"empty":          {"", "manifest"},
	} {
		err := run(context.Background(), &strings.Builder{}, folderOf(t, c.manifest), "", engine.Options{Runs: 1}, false)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", name, err, c.says)
		}
	}
}

func folderOf(t *testing.T, manifest string) string {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "manifest.csv"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]color.RGBA{"red": {R: 200, A: 255}, "green": {G: 200, A: 255}, "blue": {B: 200, A: 255}} {
		img := image.NewRGBA(image.Rect(0, 0, 40, 30))
		for i := range 40 * 30 {
			img.SetRGBA(i%40, i/40, c)
		}
		f, err := os.Create(filepath.Join(folder, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return folder
}
