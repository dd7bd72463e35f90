package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

func TestTheSamePictureHasNearlyTheSameHash(t *testing.T) {
	img := scene(800, 600)
	want := mustDecode(t, pngOf(t, img)).Hash()
	var poor bytes.Buffer
	if err := jpeg.Encode(&poor, img, &jpeg.Options{Quality: 20}); err != nil {
		t.Fatal(err)
	}
	half := image.NewRGBA(image.Rect(0, 0, 400, 300))
	dark := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for y := range 600 {
		for x := range 800 {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			half.Set(x/2, y/2, c)
			dark.Set(x, y, color.RGBA{c.R / 4 * 3, c.G / 4 * 3, c.B / 4 * 3, 255})
		}
	}
	for name, data := range map[string][]byte{
		"poorly encoded": poor.Bytes(), "half as large": pngOf(t, half), "darker": pngOf(t, dark),
	} {
		if d := Distance(want, mustDecode(t, data).Hash()); d > 6 {
			t.Errorf("%s: %d bits differ", name, d)
		}
	}
}

func TestOtherPicturesHaveOtherHashes(t *testing.T) {
	img := scene(800, 600)
	upright := mustDecode(t, jpegOf(t, img)).Hash()
	for name, data := range map[string][]byte{
		"fields":  jpegOf(t, fieldsImage(800, 600)),
		"pattern": pngOf(t, pattern()),
		"part":    jpegOf(t, img.SubImage(image.Rect(500, 300, 800, 600))),
	} {
		if d := Distance(upright, mustDecode(t, data).Hash()); d < 16 {
			t.Errorf("%s: only %d bits differ", name, d)
		}
	}
}

func TestTheHashOfTheFlippedPictureIsForetold(t *testing.T) {
	img := scene(800, 600)
	flipped := image.NewRGBA(img.Bounds())
	for y := range 600 {
		for x := range 800 {
			flipped.Set(799-x, y, img.At(x, y))
		}
	}
	upright, mirrored := mustDecode(t, pngOf(t, img)).Hashes()
	if d := Distance(mirrored, mustDecode(t, jpegOf(t, flipped)).Hash()); d > 3 {
		t.Errorf("%d bits differ", d)
	}
	if d := Distance(upright, mirrored); d < 16 {
		t.Errorf("flipped, only %d bits differ", d)
	}
}
