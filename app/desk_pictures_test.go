package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
)

// portrait is a JPEG of one colour.
func portrait(width, height int, c color.RGBA) []byte {
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := 0; i < len(p.Pix); i += 4 {
		p.Pix[i], p.Pix[i+1], p.Pix[i+2], p.Pix[i+3] = c.R, c.G, c.B, 255
	}
	return encoded(p)
}

var (
	orange = color.RGBA{230, 120, 20, 255}
	blue   = color.RGBA{20, 60, 200, 255}
)

type keptPicture struct {
	Picture       string
	Width, Height int
}

func (c *colleague) sendsPicture(data []byte) (p keptPicture) {
	c.t.Helper()
	c.ask("POST", "/pictures", bytes.NewReader(data)).want(c.t, http.StatusOK).into(c.t, &p)
	return p
}

// shows gives a species a picture, or takes it away.
func (c *colleague) shows(slug, picture string) answer {
	c.t.Helper()
	s, tag := c.species(slug)
	return c.send("PUT", "/species/"+slug, s.with("", "picture", picture), "If-Match", tag)
}

func TestAPictureOfTheDeskIsSeenByWhoCaughtTheAnimal(t *testing.T) {
	t.Parallel()
	lion := animal(t, "lion")
	url := databasetest.URL(t)
	here := start(t, func(c *app.Config) { c.DatabaseURL = url })
	there := start(t, func(c *app.Config) { c.DatabaseURL = url })
	ed := here.hire("Ed", office.Editor)
	v, stranger := there.join(), there.join()
	v.capture(lion).want(t, http.StatusCreated)

	first := ed.sendsPicture(located(portrait(1600, 1200, orange), "behind the aviary"))
	if first.Width != 960 || first.Height != 720 {
		t.Errorf("the card has %dx%d pixels", first.Width, first.Height)
	}
	if again := ed.sendsPicture(located(portrait(1600, 1200, orange), "behind the aviary")); again != first {
		t.Errorf("the same file is %v and then %v", first, again)
	}
	ed.shows("lion", first.Picture).want(t, http.StatusOK)
	for _, path := range []string{"/v1/dex", "/v1/species/lion", "/v1/zoo/today"} {
		if a := v.get(path); !strings.Contains(string(a.body), first.Picture) {
			t.Errorf("%s does not show the picture: %s", path, a)
		}
	}
	for _, path := range []string{"/v1/dex", "/v1/species/lion"} {
		if a := stranger.get(path); strings.Contains(string(a.body), first.Picture) {
			t.Errorf("%s shows the picture to who did not catch it", path)
		}
	}

	for path, size := range map[string]image.Point{"": {X: 960, Y: 720}, "/thumbnail": {X: 240, Y: 240}} {
		at := "/v1/pictures/" + first.Picture + path
		a := there.ask("GET", at, nil).want(t, http.StatusOK)
		if got, err := jpeg.DecodeConfig(bytes.NewReader(a.body)); err != nil || got.Width != size.X || got.Height != size.Y {
			t.Errorf("%s has %dx%d pixels, %v", at, got.Width, got.Height, err)
		}
		if bytes.Contains(a.body, []byte("Exif")) || bytes.Contains(a.body, []byte("aviary")) {
			t.Errorf("%s tells where it was taken", at)
		}
		for name, want := range map[string]string{"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s has %s %q", at, name, got)
			}
		}
		if known := there.ask("GET", at, nil, "If-None-Match", a.header.Get("ETag")).want(t, http.StatusNotModified); len(known.body) > 0 {
			t.Errorf("%s is sent again", at)
		}
	}
	if n := here.rowsWith("aviary"); n != 0 {
		t.Errorf("%d rows tell where the picture was taken", n)
	}
	for _, id := range []string{"0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b", "lion", strings.ToUpper(first.Picture)} {
		there.ask("GET", "/v1/pictures/"+id, nil).want(t, http.StatusNotFound)
	}

	// Another picture, and undone.
	second := ed.sendsPicture(portrait(300, 900, blue))
	ed.shows("lion", second.Picture).want(t, http.StatusOK)
	_, tag := ed.species("lion")
	ed.send("POST", "/species/lion/versions/2/restore", "", "If-Match", tag).want(t, http.StatusOK)
	if a := v.get("/v1/species/lion"); !strings.Contains(string(a.body), first.Picture) {
		t.Errorf("undone, it is %s", a)
	}
	if a := ed.get("/species/lion/versions"); !strings.Contains(string(a.body), fmt.Sprintf(`{"field":"picture","before":%q,"after":%q}`, first.Picture, second.Picture)) {
		t.Errorf("the history is %s", a)
	}
	if a := ed.shows("lion", "0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b").want(t, http.StatusUnprocessableEntity); !slices.Equal(a.fields(), []string{"body.picture"}) {
		t.Errorf("a picture that there is not is refused as %s", a)
	}
	if n := here.count(`SELECT count(*) FROM audit WHERE action = 'picture.add'`); n != 2 {
		t.Errorf("the audit log tells of %d pictures", n)
	}

	// Tables do not carry it, and what they leave out stays.
	table := string(ed.get("/exports/species").body)
	if header, _, _ := strings.Cut(table, "\n"); strings.Contains(header, "picture") || strings.Contains(table, first.Picture) {
		t.Error("the table has the picture")
	}
	ed.send("POST", "/imports/species", table).want(t, http.StatusOK)
	ed.send("POST", "/imports/species", "slug,rarity\nlion,2\n").want(t, http.StatusOK)
	if kept, _ := ed.species("lion"); kept["picture"] != first.Picture || kept["rarity"] != 2.0 {
		t.Errorf("after an import it is %v", kept["picture"])
	}
}

func TestPicturesOverTheLimitsAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.PhotoBytes = 5 << 20 }))
	ed := s.hire("Ed", office.Editor)
	bad := badPhotos(t)
	bad = append(bad, badPhoto{name: "199 pixels high", data: portrait(600, 199, blue)}, badPhoto{name: "199 pixels wide", data: portrait(199, 600, blue)})
	for _, b := range bad {
		for language, form := range map[string]string{"en": "the file", "de": "die datei", "fr": "le fichier"} {
			a := ed.ask("POST", "/pictures", bytes.NewReader(b.data), "Accept-Language", language, "Content-Type", "image/jpeg").want(t, http.StatusUnprocessableEntity)
			if !slices.Equal(a.fields(), []string{"body.picture"}) {
				t.Errorf("%s is refused as %s", b.name, a)
			}
			if b.name == "25 MB" && (!strings.Contains(strings.ToLower(string(a.body)), form) || !strings.Contains(string(a.body), "5 M")) {
				t.Errorf("%s in %s: %s", b.name, language, a)
			}
		}
	}
	ed.sendsPicture(portrait(200, 200, blue))
	if n := s.count(`SELECT count(*) FROM pictures`); n != 1 {
		t.Errorf("%d pictures were kept", n)
	}
}

func TestAPictureThatWasCutOffIsNotKept(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.script(office.Editor)
	picture := portrait(400, 400, orange)
	line := s.dial()
	line.send(fmt.Sprintf("POST /staff/v1/pictures HTTP/1.1\r\nHost: zoo\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s", ed.value, len(picture), picture[:len(picture)/2]))
	line.Close()
	ed.sendsPicture(portrait(300, 300, blue)) // and the next one is taken
	if n := s.count(`SELECT count(*) FROM pictures`); n != 1 {
		t.Errorf("%d pictures are kept", n)
	}
}

func TestPicturesThatNobodyUsesAreDeletedAfterADay(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	s := start(t, func(c *app.Config) { c.DatabaseURL = url })
	ed := s.hire("Ed", office.Editor)
	shown, former, unused := ed.sendsPicture(portrait(300, 300, orange)), ed.sendsPicture(portrait(301, 300, orange)), ed.sendsPicture(portrait(302, 300, orange))
	ed.shows("lion", former.Picture).want(t, http.StatusOK)
	ed.shows("lion", shown.Picture).want(t, http.StatusOK)
	s.run(`UPDATE pictures SET sent_at = sent_at - interval '25 hours'`)
	fresh := ed.sendsPicture(portrait(303, 300, orange))
	later := start(t, func(c *app.Config) { c.DatabaseURL = url }) // looks for them as it starts
	for deadline := time.Now().Add(30 * time.Second); later.count(`SELECT count(*) FROM pictures`) > 3; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was deleted")
		}
	}
	for _, p := range []keptPicture{shown, former, fresh} {
		s.ask("GET", "/v1/pictures/"+p.Picture, nil).want(t, http.StatusOK)
	}
	s.ask("GET", "/v1/pictures/"+unused.Picture, nil).want(t, http.StatusNotFound)
	if a := ed.shows("tiger", unused.Picture).want(t, http.StatusUnprocessableEntity); !slices.Equal(a.fields(), []string{"body.picture"}) {
		t.Errorf("what was deleted is refused as %s", a)
	}
}

// From the file of an editor to the child's card, also when there is no network.
func TestBrowserDeskPicture(t *testing.T) {
	phones := openPhones(t)
	phones.hire("Ed", office.Editor)
	folder := t.TempDir()
	good, bad := filepath.Join(folder, "lion.jpg"), filepath.Join(folder, "small.jpg")
	write(t, good, read(t, phones.lion))
	write(t, bad, portrait(90, 90, blue))
	ed := phones.signsIn(t, phones.url, "Ed")
	ed.turns("species/lion")
	ed.sees("[data-testid=picture]")
	ed.does(chromedp.SetUploadFiles(chromedp.CSS("[data-testid=picture]"), []string{bad}))
	ed.reads("[data-testid=picture-drop] .wrong", "too small")
	ed.isInOrder("picture-refused")
	evaluate[int](ed.child, `(document.querySelector('[data-testid=picture-drop]').scrollIntoView({ block: 'center' }), 0)`)
	ed.does(chromedp.SetUploadFiles(chromedp.CSS("[data-testid=picture]"), []string{good}))
	ed.sees("[data-testid=preview] .large[data-picture=there]") // before it is saved
	ed.isInOrder("picture")
	ed.clicks("[data-testid=without-picture]")
	ed.doesNotSee("[data-testid=preview] .large")
	ed.does(chromedp.SetUploadFiles(chromedp.CSS("[data-testid=picture]"), []string{good}))
	ed.sees("[data-testid=preview] .large[data-picture=there]")
	ed.clicks("[data-testid=save]")
	ed.sees("[data-testid=saved]")
	ed.sees("[data-testid=history] img")

	child := phones.visit(t, "en")
	child.remembers()
	child.photographs(phones.lion)
	child.sees("[data-testid=card] .large[data-picture=there]")
	child.isAccessible("card-picture")
	child.picturedAs("card-picture")
	child.closes()
	child.opens("dex")
	child.sees("[data-slug=lion] [data-picture=there]")
	child.isAccessible("dex-picture")
	child.picturedAs("dex-picture")
	child.clicks("[data-slug=lion]")
	child.sees("[data-testid=card] .large[data-picture=there]")

	child.expectsErrors.Store(true)
	phones.away(t)
	child.does(chromedp.Reload()) // with the card open
	child.sees("[data-testid=stale]")
	child.sees("[data-testid=card] .large[data-picture=there]")
	child.sees("[data-testid=dex] [data-slug=lion] [data-picture=there]")
}
