package app_test

import (
	"bytes"
	"fmt"
	"image"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app/staff/office"
)

// chooses gives files to a chooser of files.
func (d desk) chooses(selector string, paths ...string) {
	d.t.Helper()
	d.sees(selector)
	d.does(chromedp.SetUploadFiles(chromedp.CSS(selector), paths))
}

// drops drags files or a folder from outside onto something.
func (d desk) drops(selector string, paths ...string) {
	d.t.Helper()
	d.sees(selector)
	at := evaluate[[]float64](d.child, fmt.Sprintf(`(b => [b.x + b.width / 2, b.y + 4])(document.querySelector(%q).getBoundingClientRect())`, selector))
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		d.does(command(input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at[0], Y: at[1],
			Data: &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}}))
	}
}

// A keeper holds a camera to an animal and reads what a visitor would be told.
func TestBrowserDeskCameraTry(t *testing.T) {
	s := start(t)
	s.hire("Kim", office.Keeper)
	colleague := s.signIn("Kim")
	for _, kind := range []string{"striped", "spotted"} {
		colleague.found(kind + "-dream")
		colleague.send("POST", "/lessons", `{"species":"`+kind+`-dream"}`).want(t, http.StatusCreated)
		colleague.form("/lessons/"+kind+"-dream/photos", sketches(kind, 0, 12)...)
	}
	// A known animal, to see whether it still is.
	colleague.send("POST", "/lessons", `{"species":"lion"}`).want(t, http.StatusCreated)
	colleague.send("PATCH", "/lessons/lion", `{"taught":false}`).want(t, http.StatusOK)
	colleague.form("/lessons/lion/photos", file{"lion.jpg", animal(t, "lion")})
	made := colleague.train()
	if made.State != "done" {
		t.Fatalf("the training: %+v", made)
	}
	seen, _, err := image.Decode(bytes.NewReader(sketch("striped", 900)))
	if err != nil {
		t.Fatal(err)
	}
	kim := openChromium(t, filming(t, seen)...).signsIn(t, s.url, "Kim")
	kim.turns(fmt.Sprintf("lessons/heads/%d", made.Head))
	kim.reads("[data-testid=known]", "lion", "1")
	kim.clicks("[data-testid=live]")
	kim.reads("[data-testid=look]", "striped-dream")
	kim.isInOrder("camera")
	kim.clicks("[data-testid=live-stop]")
	kim.doesNotSee("[data-testid=live-video]")
	if s.count(`SELECT count(*) FROM captures`) != 0 {
		t.Error("a try was recorded")
	}

	// Without one, the page says so.
	lone := openChromium(t).signsIn(t, s.url, "Kim")
	lone.turns(fmt.Sprintf("lessons/heads/%d", made.Head))
	lone.clicks("[data-testid=live]")
	lone.sees("[data-testid=no-camera]")
}

// A keeper teaches two animals at the desk: a folder of photos and a ZIP, what
// was wrong with one, the training, its report, and what visitors catch then.
func TestBrowserDeskLessons(t *testing.T) {
	s := start(t)
	s.hire("Kim", office.Keeper)
	colleague := s.signIn("Kim")
	colleague.found("striped-dream")
	colleague.found("spotted-dream")
	kim := openChromium(t).signsIn(t, s.url, "Kim")
	folder := t.TempDir()
	save := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		write(t, path, data)
		return path
	}

	kim.clicks("[data-testid=menu-lessons]")
	kim.reads("[data-testid=lessons]", "no lesson yet")
	kim.types("[data-testid=lesson-species]", "unicorn")
	kim.clicks("[data-testid=begin-lesson]")
	kim.reads("[data-testid=trouble]", "no such")
	kim.types("[data-testid=lesson-species]", "striped-dream")
	kim.clicks("[data-testid=begin-lesson]")
	kim.reads("h1", "striped-dream")

	// A folder, dropped, with a file that is no photo.
	save("text.jpg", []byte("no photo at all"))
	for _, f := range append(sketches("striped", 0, 12), sketches("spotted", 50, 1)...) { // the last is in the wrong lesson
		save(f.name, f.data)
	}
	kim.drops("[data-testid=drop]", folder)
	kim.reads("[data-testid=counts]", "13 photos to learn from", "1 not usable")
	kim.reads("[data-testid=refused]", "text.jpg", "no JPEG")
	kim.waits("see every thumbnail", `document.querySelectorAll('[data-testid=thumbs] li').length === 13`)
	kim.isInOrder("lesson")
	kim.clicks("[data-testid=thumbs] li button")
	kim.reads("[data-testid=counts]", "12 photos", "1 left out")
	kim.clicks("[data-testid=thumbs] li.dropped button")
	kim.reads("[data-testid=counts]", "13 photos", "0 left out")
	kim.types("[data-testid=only]", "refused")
	kim.waits("see no thumbnail", `document.querySelectorAll('[data-testid=thumbs] li').length === 0`)

	// A ZIP for the other.
	kim.turns("lessons")
	kim.types("[data-testid=lesson-species]", "spotted-dream")
	kim.clicks("[data-testid=begin-lesson]")
	kim.reads("h1", "spotted-dream")
	spots := zipOf(t, sketches("spotted", 0, 12)...)
	kim.chooses("[data-testid=photos]", save("half.zip", spots[:len(spots)/2]))
	kim.reads("[data-testid=broken]", "half.zip")
	kim.chooses("[data-testid=photos]", save("spots.zip", spots))
	kim.reads("[data-testid=counts]", "12 photos to learn from")
	kim.waits("see what was in the ZIP", `[...document.querySelectorAll('[data-testid=thumbs] img')].filter(i => i.complete && i.naturalWidth > 0).length === 12`)

	kim.turns("lessons")
	kim.clicks("[data-testid=train]")
	kim.clicks("[data-testid=cancel-job]")
	kim.reads("[data-testid=trained]", "cancelled")
	kim.clicks("[data-testid=train]")
	kim.sees("[data-testid=see-report]")
	kim.reads("[data-testid=heads]", "striped-dream", "spotted-dream")
	kim.isInOrder("lessons")
	kim.clicks("[data-testid=see-report]")
	kim.reads("[data-testid=verdict]", "Ready", "%")
	kim.clicks("[data-cell='0-1']")
	kim.reads("[data-testid=cell]", "striped-dream: 1 photo taken for spotted-dream")
	kim.waits("see the photos of a cell", `[...document.querySelectorAll('[data-testid=cell] img')].some(i => i.complete && i.naturalWidth > 0)`)
	kim.clicks("[data-testid=cell] button")
	kim.sees("[data-testid=cell] li.dropped")
	if a := colleague.get("/lessons/striped-dream/photos?state=dropped"); !strings.Contains(string(a.body), "spotted 50.jpg") {
		t.Errorf("left out are %s", a)
	}
	fresh := sketch("striped", 900)
	kim.chooses("[data-testid=try]", save("fresh.jpg", fresh))
	kim.reads("[data-testid=look]", "striped-dream")
	kim.reads("[data-testid=curve]", "photos", "%")
	kim.isInOrder("report")
	kim.types("[data-testid=language]", "de")
	kim.reads("[data-testid=verdict]", "Bereit")
	kim.types("[data-testid=language]", "en")

	// Nothing is published before the question is answered.
	v := s.join()
	kim.turns("lessons")
	kim.clicks("[data-testid=publish-1]")
	kim.reads("dialog", "Publish version 1?")
	kim.isInOrder("publish")
	if catches(v, "striped-dream", fresh, false) {
		t.Error("it is caught before the keeper said yes")
	}
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=holds]", "version 1")
	if !catches(v, "striped-dream", sketch("striped", 901), true) {
		t.Error("visitors do not catch what was published")
	}
	kim.clicks("[data-testid=roll-back-0]")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=holds]", "by itself")
	if catches(v, "striped-dream", sketch("striped", 902), false) {
		t.Error("visitors catch what was rolled back")
	}
	// A lesson is deleted after a question, and brought back.
	kim.turns("lessons/striped-dream")
	kim.clicks("[data-testid=delete-lesson]")
	kim.reads("dialog", "Delete the lesson of striped-dream?", "30 days")
	kim.isInOrder("lesson-delete")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=deleted]", "striped-dream")
	kim.waits("see the lesson gone", `!document.querySelector('[data-lesson=striped-dream]')`)
	kim.clicks("[data-testid=undo-delete]")
	kim.sees("[data-lesson=striped-dream]")

	if a := colleague.get("/heads"); !strings.Contains(string(a.body), `"published":false`) {
		t.Errorf("the heads are %.300s", a)
	}
}
