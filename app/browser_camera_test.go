package app_test

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	xdraw "golang.org/x/image/draw"
)

// filming gives a browser a camera that sees the pictures, one after the other
// for a second each, over and over.
func filming(t testing.TB, pictures ...image.Image) []chromedp.ExecAllocatorOption {
	t.Helper()
	var film bytes.Buffer // motion JPEG: one JPEG after the other, 30 a second
	for _, p := range pictures {
		frame := image.NewRGBA(image.Rect(0, 0, 640, 480))
		draw.Draw(frame, frame.Bounds(), image.Black, image.Point{}, draw.Src)
		b := p.Bounds()
		scale := min(640/float64(b.Dx()), 480/float64(b.Dy()))
		w, h := int(float64(b.Dx())*scale), int(float64(b.Dy())*scale)
		place := image.Rect((640-w)/2, (480-h)/2, (640+w)/2, (480+h)/2)
		xdraw.CatmullRom.Scale(frame, place, p, b, xdraw.Src, nil)
		var encoded bytes.Buffer
		if err := jpeg.Encode(&encoded, frame, &jpeg.Options{Quality: 90}); err != nil {
			t.Fatal(err)
		}
		for range 30 {
			film.Write(encoded.Bytes())
		}
	}
	path := filepath.Join(t.TempDir(), "film.mjpeg")
	write(t, path, film.Bytes())
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", path),
	}
}

func decoded(t testing.TB, path string) image.Image {
	t.Helper()
	p, err := jpeg.Decode(bytes.NewReader(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// looks opens the camera by the one button that there is for it.
func (c *child) looks() {
	c.t.Helper()
	c.opensCamera()
	c.sees("[data-testid=viewfinder]")
}

// opensCamera opens it, by the button if there is one: where the browser has
// allowed the camera already, the page may be faster than the finger.
func (c *child) opensCamera() {
	c.t.Helper()
	c.waits("open the camera", `(() => {
		const button = document.querySelector('[data-testid=open-camera]')
		if (button && !window.pressed) { window.pressed = true; button.click() }
		return !!document.querySelector('[data-testid=viewfinder], [data-testid=blocked]')
	})()`)
}

func TestBrowserCamera(t *testing.T) {
	lion := filepath.Join(photoFolder(t), "imagen-det/lion/n02129165_10881_lion.jpg")
	phones := openPhones(t, filming(t, decoded(t, lion))...)

	t.Run("the check mark lights up by itself, and the card opens", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.looks()
		child.reads("[data-testid=found]", "lion!")
		child.picturedAs("found")
		child.sees(`[data-testid=answer][data-outcome=caught] [data-testid=check]`)
		child.reads("[data-testid=answer]", "Caught!", "Panthera leo")
		child.hasCaught(1)
		if n := phones.count(`SELECT count(*) FROM captures`); n != 1 {
			t.Errorf("%d captures were recorded, want 1", n)
		}

		// The lion is still before the camera: it is named, and not caught again.
		child.closes()
		child.reads("[data-testid=naming]", "lion", "just caught")
		child.isAccessible("viewfinder")
		child.picturedAs("viewfinder")
		child.doesNotSee("dialog")

		// But it can be photographed again.
		child.clicks("[data-testid=shutter]")
		child.sees(`[data-testid=answer][data-outcome=seen], [data-testid=answer][data-outcome=void]`)
		child.closes()
		if n := phones.count(`SELECT count(*) FROM captures`); n != 2 {
			t.Errorf("%d captures were recorded, want 2", n)
		}
	})
}

func TestBrowserCoaching(t *testing.T) {
	t.Run("in the dark", func(t *testing.T) {
		child := openPhones(t, filming(t, image.NewRGBA(image.Rect(0, 0, 640, 480)))...).visit(t, "en")
		child.looks()
		child.reads("[data-testid=naming]", "too dark")
	})
	t.Run("where there is no animal", func(t *testing.T) {
		nothing, err := png.Decode(bytes.NewReader(read(t, stripes(t))))
		if err != nil {
			t.Fatal(err)
		}
		child := openPhones(t, filming(t, nothing)...).visit(t, "en")
		child.looks()
		child.reads("[data-testid=naming]", "I see no animal")
		child.isAccessible("nothing live")
		child.picturedAs("viewfinder-nothing")
		child.doesNotSee("dialog")
		child.hasCaught(0)
	})
}

// Whatever keeps the camera shut is told, with the way without it.
func TestBrowserWithoutCamera(t *testing.T) {
	for _, trouble := range []struct {
		reason string
		words  string
		flags  []chromedp.ExecAllocatorOption
		script string // in the page, before its own
	}{
		{"refused", "not allowed", []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("deny-permission-prompts", true)}, ""},
		{"absent", "no camera", []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-ui-for-media-stream", true)}, ""},
		{"busy", "Another app", nil, `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('in use', 'NotReadableError') }`},
	} {
		t.Run(trouble.reason, func(t *testing.T) {
			phones := openPhones(t, trouble.flags...)
			child := phones.visit(t, "en")
			if trouble.script != "" {
				child.does(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: trouble.script}), chromedp.Reload())
			}
			child.opensCamera()
			child.sees("[data-testid=blocked][data-reason=" + trouble.reason + "]")
			child.reads("[data-testid=blocked]", trouble.words)
			child.isAccessible(trouble.reason)
			child.picturedAs("camera-" + trouble.reason)
			child.photographs(phones.lion)
			child.sees(`[data-testid=answer][data-outcome=caught] [data-testid=check]`)
		})
	}
}
