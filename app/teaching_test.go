package app_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/vision"
)

// sketch is a photo of an animal that exists only here: striped or spotted,
// another one for each seed.
func sketch(kind string, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, uint64(kind[1])))
	p := image.NewRGBA(image.Rect(0, 0, 200, 150))
	cx, cy, size := 70+60*r.Float64(), 55+40*r.Float64(), 40+14*r.Float64()
	phase, turn, green := 6*r.Float64(), r.Float64(), uint8(90+r.IntN(60))
	for y := range 150 {
		for x := range 200 {
			c := color.RGBA{uint8(60 + r.IntN(30)), green, 50, 255}
			dx, dy := float64(x)-cx, float64(y)-cy
			if math.Hypot(dx, 1.3*dy) < size {
				if kind == "striped" {
					c = color.RGBA{240, 240, 240, 255}
					if math.Sin(dx/2.5+turn*dy/4+phase) > 0 {
						c = color.RGBA{10, 10, 10, 255}
					}
				} else {
					c = color.RGBA{220, 170, 60, 255}
					if math.Sin(dx/3+phase)*math.Sin(dy/3+turn) > 0.3 {
						c = color.RGBA{50, 30, 10, 255}
					}
				}
			}
			p.SetRGBA(x, y, c)
		}
	}
	return encoded(p)
}

// found gives the zoo a species that the network does not know.
func (c *colleague) found(slug string) {
	c.t.Helper()
	lion, _ := c.species("lion")
	delete(lion, "number")
	for _, language := range []string{"en", "de", "fr"} {
		lion["texts"].(map[string]any)[language].(map[string]any)["name"] = slug
	}
	lion["keys"], lion["scientificName"], lion["art"] = []string{}, "Fabula "+strings.ReplaceAll(slug, "-", ""), ""
	body := lion.with("", "rarity", 2)
	c.send("POST", "/species", `{"slug":"`+slug+`",`+body[1:]).want(c.t, http.StatusCreated)
}

// sent is what became of an upload.
type sent struct {
	Photos []struct{ ID, Name, State, Why, Message string }
	Jobs   []string
}

func (a answer) sent(t testing.TB) (s sent) {
	t.Helper()
	a.want(t, http.StatusOK).into(t, &s)
	return s
}

type file struct {
	name string
	data []byte
}

func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		to, err := w.Create(f.name)
		if err == nil {
			_, err = to.Write(f.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sketches(kind string, from, n int) (files []file) {
	for i := range n {
		files = append(files, file{fmt.Sprintf("%s %d.jpg", kind, from+i), sketch(kind, uint64(from+i))})
	}
	return files
}

// job is work that a test waits for.
type job struct {
	ID, Kind, State, Stage, Why string
	Done, Total                 int
	Head                        int64
}

// await waits until a job is no longer under way.
func (c *colleague) await(id string) (j job) {
	c.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		c.get("/jobs/"+id).want(c.t, http.StatusOK).into(c.t, &j)
		if j.State != "queued" && j.State != "running" {
			return j
		}
	}
	c.t.Fatalf("the job does not end: %+v", j)
	return j
}

func (c *colleague) train() job {
	c.t.Helper()
	var j job
	c.ask("POST", "/trainings", nil).want(c.t, http.StatusAccepted).into(c.t, &j)
	return c.await(j.ID)
}

func (c *colleague) publish(version int64) {
	c.t.Helper()
	c.send("PUT", "/heads/published", fmt.Sprintf(`{"version":%d,"anyway":true}`, version)).want(c.t, http.StatusOK)
}

// catches tells whether a visitor catches the animal with a photo of their own,
// within the second that a new head may take.
func catches(v *visitor, slug string, photo []byte, want bool) bool {
	v.t.Helper()
	for deadline := time.Now().Add(1500 * time.Millisecond); ; time.Sleep(100 * time.Millisecond) {
		v.run(`DELETE FROM prints`) // as if everybody took pictures of their own
		c := v.capture(photo).captured(v.t)
		caught := (c.Outcome == "caught" || c.Outcome == "seen") && c.Species != nil && c.Species.Slug == slug
		if caught == want || time.Now().After(deadline) {
			return caught
		}
	}
}

// The whole story, with two services: a keeper teaches an animal with photos,
// reads how well that went, publishes it, visitors of either service catch it,
// and after it was rolled back they do not.
func TestAKeeperTeachesANewAnimalAndVisitorsCatchIt(t *testing.T) {
	t.Parallel()
	url, folder := databasetest.URL(t), "file://"+filepath.ToSlash(t.TempDir())
	shared := func(c *app.Config) { c.DatabaseURL, c.Photos = url, folder }
	s, other := start(t, shared), start(t, shared)
	keeper := s.script(office.Keeper)
	elsewhere := *keeper
	elsewhere.service = other
	for _, slug := range []string{"striped-dream", "spotted-dream"} {
		keeper.found(slug)
		keeper.send("POST", "/lessons", `{"species":"`+slug+`"}`).want(t, http.StatusCreated)
	}
	keeper.send("POST", "/lessons", `{"species":"spotted-dream"}`).want(t, http.StatusConflict)
	keeper.send("POST", "/lessons", `{"species":"unicorn"}`).want(t, http.StatusNotFound)
	early := keeper.train()
	if early.State != "failed" || !strings.Contains(early.Why, "no photo") {
		t.Errorf("without a photo: %+v", early)
	}

	// One by one, in a form, and as a ZIP to the other service.
	for _, f := range sketches("striped", 0, 3) {
		if got := keeper.ask("POST", "/lessons/striped-dream/photos?name=one.jpg", bytes.NewReader(f.data)).sent(t); len(got.Photos) != 1 || got.Photos[0].State != "used" || got.Photos[0].Name != "one.jpg" {
			t.Fatalf("sent %+v", got)
		}
	}
	if got := keeper.form("/lessons/striped-dream/photos", sketches("striped", 3, 17)...).sent(t); len(got.Photos) != 17 {
		t.Errorf("sent %d photos", len(got.Photos))
	}
	got := elsewhere.ask("POST", "/lessons/spotted-dream/photos?name=spots.zip", bytes.NewReader(zipOf(t, sketches("spotted", 0, 20)...))).sent(t)
	if len(got.Jobs) != 1 {
		t.Fatalf("a ZIP was taken for %+v", got)
	}
	if j := keeper.await(got.Jobs[0]); j.State != "done" || j.Done != 20 || j.Total != 20 {
		t.Errorf("the ZIP: %+v", j)
	}
	var lesson struct{ Photos, Refused int }
	keeper.get("/lessons/spotted-dream").want(t, http.StatusOK).into(t, &lesson)
	if lesson.Photos != 20 || lesson.Refused != 0 {
		t.Errorf("the lesson has %+v", lesson)
	}

	made := keeper.train()
	if made.State != "done" || made.Head == 0 {
		t.Fatalf("the training: %+v", made)
	}
	var report struct {
		Verdict  string
		Accuracy float64
		Species  []struct{ Name string }
		Matrix   [][]int
		Cells    []struct{ Photos []struct{ Photo string } }
	}
	keeper.get(fmt.Sprintf("/heads/%d/report", made.Head)).want(t, http.StatusOK).into(t, &report)
	if report.Verdict != "ready" || report.Accuracy < 0.9 || len(report.Species) != 2 || len(report.Matrix) != 2 {
		t.Errorf("the report is %+v", report)
	}
	behind := report.Cells[0].Photos[0].Photo
	for _, path := range []string{"/photos/" + behind, "/photos/" + behind + "/thumbnail"} {
		a := elsewhere.get(path).want(t, http.StatusOK)
		if a.header.Get("Content-Type") != "image/jpeg" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s comes as %v", path, a.header)
		}
	}

	here, there := s.join(), other.join()
	fresh := sketch("striped", 900)
	if catches(here, "striped-dream", fresh, false) {
		t.Error("it is caught before it is published")
	}
	if a := keeper.ask("POST", fmt.Sprintf("/heads/%d/looks", made.Head), bytes.NewReader(fresh)); !strings.Contains(string(a.body), `"striped-dream"`) {
		t.Errorf("tried with a photo: %s", a)
	}
	keeper.publish(made.Head)
	if !catches(here, "striped-dream", fresh, true) || !catches(there, "striped-dream", sketch("striped", 901), true) {
		t.Error("visitors do not catch what was published")
	}
	if n := s.count(`SELECT count(*) FROM captures WHERE head = ? AND outcome = 'caught'`, made.Head); n != 2 {
		t.Errorf("%d catches are stamped with the head, want 2", n)
	}
	elsewhere.publish(0)
	if catches(here, "striped-dream", sketch("striped", 902), false) || catches(there, "striped-dream", sketch("striped", 903), false) {
		t.Error("visitors catch what was rolled back")
	}
	if n := s.count(`SELECT count(*) FROM captures WHERE head IS NOT NULL AND at > (SELECT max(at) FROM head_publications) + interval '1 second'`); n != 0 {
		t.Errorf("%d captures are stamped with a head that does not hold", n)
	}
	keeper.publish(made.Head)
	if !catches(there, "striped-dream", sketch("striped", 904), true) {
		t.Error("published again, it is not caught")
	}
	var heads struct {
		Heads        []struct{ Published bool }
		Publications []struct{ Version int64 }
	}
	keeper.get("/heads").want(t, http.StatusOK).into(t, &heads)
	if len(heads.Heads) != 1 || !heads.Heads[0].Published || len(heads.Publications) != 3 || heads.Publications[1].Version != 0 {
		t.Errorf("the heads are %+v", heads)
	}
	// A service that starts later knows it, too.
	late := *keeper
	late.service = start(t, shared)
	if !catches(late.join(), "striped-dream", sketch("striped", 905), true) {
		t.Error("a service that starts later does not know what is published")
	}
}

// form sends files as a browser does.
func (c *colleague) form(path string, files ...file) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		if err == nil {
			_, err = part.Write(f.data)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	w.Close()
	return c.ask("POST", path, &b, "Content-Type", w.FormDataContentType())
}

// What cannot be used is listed with its reason, and keeps nothing else out.
func TestBadFilesAreListedAndTheOthersKept(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.PhotoBytes = 1 << 20 }))
	keeper := s.script(office.Keeper)
	keeper.send("POST", "/lessons", `{"species":"lion"}`).want(t, http.StatusCreated)
	const photos = "/lessons/lion/photos"
	good := sketch("striped", 1)
	got := keeper.form(photos, file{"good.jpg", good}, file{"text.jpg", []byte("no photo at all")}, file{"empty.jpg", nil},
		file{"again.jpg", good}, file{"half.jpg", good[:len(good)/2]}, file{"../../passwd.jpg", sketch("striped", 2)},
		file{"huge.png", blankPNG(30000, 30000)}, file{"large.jpg", bytes.Repeat([]byte("x"), 2<<20)}, file{"last.jpg", sketch("striped", 3)}).sent(t)
	var why []string
	for _, p := range got.Photos {
		why = append(why, p.Name+" "+p.Why)
		if (p.Why == "") != (p.State == "used") || (p.Why == "") != (p.Message == "") {
			t.Errorf("listed as %+v", p)
		}
	}
	want := []string{"good.jpg ", "text.jpg not-a-photo", "empty.jpg empty", "again.jpg duplicate", "half.jpg broken", "passwd.jpg ", "huge.png too-many-pixels", "large.jpg too-large", "last.jpg "}
	if !slices.Equal(why, want) {
		t.Errorf("sent  %q\n want %q", why, want)
	}

	// A ZIP with the tricks that ZIPs can play.
	bomb := bytes.Repeat([]byte{0}, 64<<20)
	inner := zipOf(t, file{"inner.jpg", sketch("striped", 8)})
	archive := zipOf(t, file{"first.jpg", sketch("striped", 4)}, file{"../../../etc/evil.jpg", sketch("striped", 5)}, file{"/root/evil.jpg", sketch("striped", 6)},
		file{`..\evil.jpg`, sketch("striped", 7)}, file{"bomb.jpg", bomb}, file{"zip.zip", inner}, file{"folder/", nil}, file{"__MACOSX/._first.jpg", []byte("x")}, file{"folder/deep.jpg", sketch("striped", 9)})
	j := keeper.await(keeper.ask("POST", photos, bytes.NewReader(archive)).sent(t).Jobs[0])
	if j.State != "done" || j.Total != 7 {
		t.Errorf("the ZIP: %+v", j)
	}
	for cut, what := range map[int]string{len(archive) - 30: "cut off", 100: "its beginning"} {
		if j := keeper.await(keeper.ask("POST", photos, bytes.NewReader(archive[:cut])).sent(t).Jobs[0]); j.State != "failed" || !strings.Contains(j.Why, "ZIP") {
			t.Errorf("a ZIP that is %s: %+v", what, j)
		}
	}
	// An upload that is cancelled keeps what came before.
	l := s.dial()
	l.send("POST /staff/v1" + photos + " HTTP/1.1\r\nHost: zoo\r\nAuthorization: " + keeper.value + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"came.jpg\"\r\n\r\n" + string(sketch("striped", 10)) +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"did-not.jpg\"\r\n\r\nhalf a pho")
	time.Sleep(300 * time.Millisecond)
	l.Close()

	listed := map[string]string{}
	for deadline := time.Now().Add(10 * time.Second); listed["did-not.jpg"] == "" && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		clear(listed)
		for after := ""; ; {
			var page struct {
				Photos []struct{ ID, Name, State, Why string }
				Next   string
			}
			keeper.get(photos+"?limit=4"+after).want(t, http.StatusOK).into(t, &page)
			for _, p := range page.Photos {
				listed[p.Name] += p.State + " " + p.Why + ";"
			}
			if page.Next == "" {
				break
			}
			after = "&after=" + page.Next
		}
	}
	for name, what := range map[string]string{"first.jpg": "used ;", "evil.jpg": "refused unsafe-name;refused unsafe-name;refused unsafe-name;", "bomb.jpg": "refused too-large;",
		"zip.zip": "refused not-a-photo;", "deep.jpg": "used ;", "came.jpg": "used ;", "did-not.jpg": "refused incomplete;"} {
		if listed[name] != what {
			t.Errorf("%s is listed as %q, want %q", name, listed[name], what)
		}
	}
	keeper.ask("POST", "/lessons/tiger/photos", bytes.NewReader(good)).want(t, http.StatusNotFound)
	keeper.form("/lessons/tiger/photos", file{"a.jpg", good}).want(t, http.StatusNotFound)

	// Photos that a person drops and takes back; with four left a head is not ready.
	var page struct{ Photos []struct{ ID string } }
	keeper.get(photos+"?state=used").into(t, &page)
	var ids []string
	for _, p := range page.Photos {
		ids = append(ids, p.ID)
	}
	choose := func(dropped bool, ids ...string) {
		keeper.send("PATCH", photos, fmt.Sprintf(`{"photos":["%s"],"dropped":%v}`, strings.Join(ids, `","`), dropped)).want(t, http.StatusOK)
	}
	choose(true, ids...)
	if j := keeper.train(); j.State != "failed" {
		t.Errorf("with all photos dropped: %+v", j)
	}
	choose(false, ids[:4]...)
	if j := keeper.train(); j.State != "done" {
		t.Errorf("with four photos: %+v", j)
	} else if a := keeper.send("PUT", "/heads/published", fmt.Sprintf(`{"version":%d}`, j.Head)); a.kind() != "head-not-ready" {
		t.Errorf("published though not ready: %s", a)
	}
	keeper.send("PUT", "/heads/published", `{"version":99}`).want(t, http.StatusNotFound)
	keeper.ask("DELETE", "/lessons/lion", nil).want(t, http.StatusNoContent)
	keeper.get("/photos/"+ids[0]).want(t, http.StatusNotFound)
	keeper.get(photos).want(t, http.StatusNotFound)
}

// A job whose service is killed goes on in another.
func TestAJobOutlivesItsService(t *testing.T) {
	t.Parallel()
	url, folder := databasetest.URL(t), t.TempDir()
	environment := []string{serveVariable + "=" + url, folderVariable + "=" + folder}
	first := startProcess(t, environment...)
	db := open(t, url)
	s := &service{t: t, url: first.url, db: db, log: first.log}
	keeper := s.script(office.Keeper)
	for i, slug := range []string{"lion", "tiger"} {
		kind := []string{"striped", "spotted"}[i]
		keeper.send("POST", "/lessons", `{"species":"`+slug+`"}`).want(t, http.StatusCreated)
		keeper.await(keeper.ask("POST", "/lessons/"+slug+"/photos", bytes.NewReader(zipOf(t, sketches(kind, 0, 30)...))).sent(t).Jobs[0])
	}
	var training job
	keeper.ask("POST", "/trainings", nil).want(t, http.StatusAccepted).into(t, &training)
	keeper.ask("POST", "/trainings", nil).want(t, http.StatusConflict)
	for training.State != "running" || training.Done < 5 {
		keeper.get("/jobs/"+training.ID).into(t, &training)
		if training.State == "done" {
			t.Fatal("the training ended before it could be killed")
		}
	}
	first.kill()
	second := startProcess(t, environment...)
	keeper.url, s.log = second.url, second.log
	keeper.service.url = second.url
	if done := keeper.await(training.ID); done.State != "done" || done.Head == 0 {
		t.Errorf("the training of the killed service: %+v", done)
	}
	if n := s.count(`SELECT count(*) FROM heads`); n != 1 {
		t.Errorf("%d heads were made, want 1", n)
	}
	// One that is cancelled ends soon and makes nothing.
	keeper.ask("POST", "/trainings", nil).want(t, http.StatusAccepted).into(t, &training)
	keeper.ask("DELETE", "/jobs/"+training.ID, nil).want(t, http.StatusOK)
	keeper.ask("DELETE", "/jobs/"+training.ID, nil).want(t, http.StatusConflict)
	if again := keeper.train(); again.State != "done" {
		t.Errorf("after one that was cancelled: %+v", again)
	}
	if n := s.count(`SELECT count(*) FROM heads`); n != 2 {
		t.Errorf("%d heads were made, want 2", n)
	}
	if entries, err := os.ReadDir(filepath.Join(folder, "photos", "uploads")); err == nil && len(entries) > 0 {
		t.Errorf("%d ZIPs stay behind", len(entries))
	}
}

// A lesson that was deleted comes back whole, and goes for good a month later.
func TestADeletedLessonCanBeBroughtBack(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	orphan := filepath.Join(folder, "lessons", "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002")
	young := orphan[:len(orphan)-1] + "3"
	spent := filepath.Join(folder, "uploads", "0198c0de-0000-7000-8000-000000000004.zip")
	for _, path := range []string{orphan, young, spent} { // written, but never listed
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte("a photo"))
	}
	old := time.Now().Add(-48 * time.Hour)
	for _, path := range []string{orphan, spent} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, func(c *app.Config) { c.Photos = "file://" + filepath.ToSlash(folder) })
	keeper := s.script(office.Keeper)
	keeper.found("striped-dream")
	keeper.send("POST", "/lessons", `{"species":"striped-dream"}`).want(t, http.StatusCreated)
	photos := keeper.form("/lessons/striped-dream/photos", sketches("striped", 0, 3)...).sent(t).Photos

	keeper.send("DELETE", "/lessons/striped-dream", "").want(t, http.StatusNoContent)
	keeper.get("/lessons/striped-dream/photos").want(t, http.StatusNotFound)
	keeper.send("DELETE", "/lessons/striped-dream", "").want(t, http.StatusNotFound)
	keeper.get("/lessons/striped-dream").want(t, http.StatusNotFound)
	if a := keeper.get("/lessons"); strings.Contains(string(a.body), "striped-dream") {
		t.Errorf("the lessons are %s", a)
	}
	if j := keeper.train(); j.State != "failed" || !strings.Contains(j.Why, "no photo") {
		t.Errorf("it is learnt from a deleted lesson: %+v", j)
	}
	if a := keeper.get("/jobs", "Accept-Language", "de"); !strings.Contains(string(a.body), "Es gibt kein Foto zum Lernen") {
		t.Errorf("in German: %s", a)
	}
	back := keeper.send("POST", "/lessons/striped-dream/restore", "").want(t, http.StatusOK)
	if !strings.Contains(string(back.body), `"photos":3`) {
		t.Errorf("brought back: %s", back)
	}
	keeper.get("/photos/"+photos[0].ID+"/thumbnail").want(t, http.StatusOK)
	keeper.send("POST", "/lessons/striped-dream/restore", "").want(t, http.StatusNotFound)
	keeper.send("POST", "/lessons/unicorn/restore", "").want(t, http.StatusNotFound)

	// Another lesson by now is not overwritten.
	keeper.send("DELETE", "/lessons/striped-dream", "").want(t, http.StatusNoContent)
	keeper.send("POST", "/lessons", `{"species":"striped-dream"}`).want(t, http.StatusCreated)
	keeper.send("POST", "/lessons/striped-dream/restore", "").want(t, http.StatusConflict)

	// A month later.
	s.run(`UPDATE lessons SET ended_at = ended_at - interval '31 days' WHERE ended_at IS NOT NULL`)
	s.run(`UPDATE river_job SET scheduled_at = now() WHERE kind = 'sweep'`)
	eventually(t, "delete the photos of a lesson that ended long ago", func() bool {
		files, err := filepath.Glob(filepath.Join(folder, "*", "*", photos[0].ID+"*"))
		return err == nil && len(files) == 0
	})
	keeper.get("/lessons/striped-dream").want(t, http.StatusOK)
	eventually(t, "delete a file that nothing lists", func() bool {
		_, photo := os.Stat(orphan)
		_, zip := os.Stat(spent)
		return os.IsNotExist(photo) && os.IsNotExist(zip)
	})
	if _, err := os.Stat(young); err != nil {
		t.Errorf("a file that may be listed yet: %v", err)
	}
}

// eventually waits for something to come true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nobody came to %s", what)
		}
	}
}

// After an update with another network what was learnt must be learnt anew.
func TestAHeadOfAnotherNetworkIsNotPublished(t *testing.T) {
	t.Parallel()
	s := start(t)
	keeper := s.script(office.Keeper)
	file := append(vision.HeadPrefix(), make([]byte, 100)...)
	file[20] ^= 1 // of the network's checksum
	sum := sha256.Sum256(file)
	s.run(`INSERT INTO heads (file, report, who, created_at) VALUES (decode(?, 'hex'), '{"verdict":"ready","accuracy":1,"species":[{"name":"okapi"}]}', 'Kim', now())`, hex.EncodeToString(append(file, sum[:]...)))
	if a := keeper.get("/heads").want(t, http.StatusOK); !strings.Contains(string(a.body), `"outdated":true`) {
		t.Errorf("the heads are %s", a)
	}
	if a := keeper.send("PUT", "/heads/published", `{"version":1}`).want(t, http.StatusConflict); a.kind() != "head-outdated" {
		t.Errorf("published: %s", a)
	}
	if a := keeper.ask("POST", "/heads/1/looks", bytes.NewReader(sketch("striped", 1))).want(t, http.StatusConflict); a.kind() != "head-outdated" {
		t.Errorf("tried: %s", a)
	}
	if s.count(`SELECT count(*) FROM head_publications`) != 0 {
		t.Error("it was published")
	}
}
