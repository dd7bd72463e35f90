package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
)

type dex struct {
	Progress struct{ Caught, Total, Points int }
	Species  []struct {
		Slug, Name, ScientificName, Art string
		Number, Rarity                  int
		Caught                          bool
		FirstCaughtAt                   *time.Time
		TimesSeen                       int
	}
}

func (v *visitor) dex() (d dex) {
	v.t.Helper()
	v.get("/v1/dex").into(v.t, &d)
	return d
}

func TestAVisitorFillsTheirDex(t *testing.T) {
	t.Parallel()
	lion, tiger := animal(t, "lion"), animal(t, "tiger")
	s := start(t)
	v := s.join()

	empty := v.dex()
	if empty.Progress.Caught != 0 || empty.Progress.Points != 0 || empty.Progress.Total != len(empty.Species) || len(empty.Species) < 120 {
		t.Fatalf("a new dex shows %+v and %d species", empty.Progress, len(empty.Species))
	}
	for i, page := range empty.Species {
		if page.Caught || page.TimesSeen != 0 || page.FirstCaughtAt != nil || page.Name == "" || page.Art == "" {
			t.Errorf("a page nobody caught: %+v", page)
		}
		if i > 0 && page.Number <= empty.Species[i-1].Number {
			t.Errorf("%s has number %d after %d", page.Slug, page.Number, empty.Species[i-1].Number)
		}
	}

	if a := v.get("/v1/species/lion"); a.status != http.StatusForbidden || a.kind() != "locked" || strings.Contains(string(a.body), "Panthera") {
		t.Errorf("the page of a lion nobody caught: %s", a)
	}

	var look struct {
		Outcome, Why, Model string
		Confidence          float64
		Species             *struct{ Slug string }
		Candidates          []struct{ Slug string }
	}
	looked := v.ask("POST", "/v1/looks", bytes.NewReader(lion))
	looked.into(t, &look)
	if looked.status != http.StatusOK || look.Outcome != "certain" || look.Species == nil || look.Species.Slug != "lion" ||
		look.Candidates[0].Slug != "lion" || look.Confidence <= 0.5 || look.Why == "" || look.Model == "" || strings.Contains(string(looked.body), "facts") {
		t.Errorf("a look at a lion: %s", looked)
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 0 || !reflect.DeepEqual(v.dex(), empty) {
		t.Errorf("a look was recorded")
	}

	id := uuid.NewString()
	first := v.captureAs(id, lion)
	c := first.captured(t)
	if first.status != http.StatusCreated || c.ID != id || c.Outcome != "caught" || c.Species == nil || c.Species.Slug != "lion" ||
		c.Earned.Points <= 0 || c.Progress.Caught != 1 || c.Progress.Points != c.Earned.Points || c.Progress.Total != empty.Progress.Total {
		t.Errorf("the first lion: %s", first)
	}
	for _, fact := range []string{"class", "order", "family", "conservation", "continents", "habitat", "diet", "activity", "sleep", "surprise", "rarity"} {
		if c.Species.Facts[fact] == nil || c.Species.Facts[fact] == "" {
			t.Errorf("the lion came without its %s", fact)
		}
	}
	if since := time.Since(c.At); since < 0 || since > time.Minute {
		t.Errorf("captured at %v", c.At)
	}
	second := v.capture(tiger).captured(t)
	third := v.capture(lion).captured(t)
	if second.Outcome != "caught" || third.Outcome != "seen" || third.Earned.Points != 0 || third.Progress != second.Progress || third.Progress.Caught != 2 {
		t.Errorf("then %+v and %+v", second, third)
	}
	unclear := v.capture(drawing(1)).captured(t)
	if unclear.Species != nil || unclear.Outcome == "caught" || unclear.Progress != third.Progress || unclear.Why == "" {
		t.Errorf("a drawing: %+v", unclear)
	}

	var page struct {
		Slug, Name    string
		Facts         map[string]any
		FirstCaughtAt time.Time
		TimesSeen     int
	}
	a := v.get("/v1/species/lion")
	a.into(t, &page)
	if a.status != http.StatusOK || page.Slug != "lion" || !page.FirstCaughtAt.Equal(c.At) || page.TimesSeen != 2 || !reflect.DeepEqual(page.Facts, c.Species.Facts) {
		t.Errorf("the lion's page: %s", a)
	}

	full := v.dex()
	if full.Progress.Caught != 2 || full.Progress.Points != second.Progress.Points {
		t.Errorf("progress %+v", full.Progress)
	}
	caught := 0
	for i, page := range full.Species {
		before := empty.Species[i]
		if page.Number != before.Number || page.Slug != before.Slug {
			t.Errorf("place %d was %s, now %s", before.Number, before.Slug, page.Slug)
		}
		if page.Caught {
			caught++
			if want := map[string]int{"lion": 2, "tiger": 1}[page.Slug]; page.TimesSeen != want || page.FirstCaughtAt == nil {
				t.Errorf("%+v, want %d times", page, want)
			}
		}
	}
	if caught != 2 {
		t.Errorf("%d pages are filled", caught)
	}

	var me struct {
		Nickname              string
		Caught, Total, Points int
		MemberSince           time.Time
	}
	v.get("/v1/me").into(t, &me)
	if me.Nickname != v.Nickname || me.Caught != 2 || me.Total != full.Progress.Total || me.Points != full.Progress.Points || time.Since(me.MemberSince) > time.Minute {
		t.Errorf("me: %+v", me)
	}
	other := s.join()
	if d := other.dex(); d.Progress.Caught != 0 {
		t.Errorf("another visitor has caught %d", d.Progress.Caught)
	}
}

func TestARetryIsAnsweredTheSame(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	photo := drawing(1)
	id := uuid.NewString()
	first := v.captureAs(id, photo)
	if first.status != http.StatusCreated {
		t.Fatal(first)
	}
	v.capture(drawing(2))
	form, kind := multipartOf("photo", photo)
	for name, again := range map[string]answer{
		"raw":             v.captureAs(id, photo),
		"multipart":       v.captureAs(id, form, "Content-Type", kind),
		"upper-case id":   v.captureAs(strings.ToUpper(id), photo),
		"with a time":     v.ask("PUT", "/v1/captures/"+id+"?at="+url.QueryEscape(time.Now().Add(-time.Hour).Format(time.RFC3339)), bytes.NewReader(photo)),
		"with an old one": v.ask("PUT", "/v1/captures/"+id+"?at=2020-01-01T00:00:00Z", bytes.NewReader(photo)),
	} {
		if again.status != http.StatusOK || !bytes.Equal(again.body, first.body) {
			t.Errorf("%s: answered %s, first was %s", name, again, first)
		}
	}
	conflict := v.captureAs(id, drawing(3))
	if conflict.status != http.StatusConflict || conflict.kind() != "capture-conflict" {
		t.Errorf("another photo: %s", conflict)
	}
	if again := v.captureAs(id, photo); again.status != http.StatusOK || !bytes.Equal(again.body, first.body) {
		t.Errorf("after the conflict: %s", again)
	}
	if a := s.join().captureAs(id, drawing(4)); a.status != http.StatusCreated {
		t.Errorf("another visitor's capture of the same id: %s", a)
	}
	if n := s.count(`SELECT count(*) FROM captures WHERE visitor_id = ?`, v.ID); n != 2 {
		t.Errorf("%d captures are kept, want 2", n)
	}
}

func TestManyRetriesAtOnceAreOneCapture(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	photo, id := drawing(1), uuid.NewString()
	answers := make(chan answer, 8)
	for range 8 {
		go func() { answers <- v.captureAs(id, photo) }()
	}
	created := 0
	var body []byte
	for range 8 {
		a := <-answers
		if a.status == http.StatusCreated {
			created++
		}
		if body == nil {
			body = a.body
		}
		if a.status > 201 || !bytes.Equal(a.body, body) {
			t.Errorf("answered %s and %s", a, body)
		}
	}
	if n := s.count(`SELECT count(*) FROM captures`); created != 1 || n != 1 {
		t.Errorf("%d were answered 201, %d are kept", created, n)
	}
}

// A phone may spell a UUID in any way that a UUID is spelt.
func TestACaptureHasOneIdHoweverItIsSpelt(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	const id = "0190a6b2-7d1e-7000-8000-0000000000aa"
	first := v.captureAs(id, drawing(1))
	if c := first.captured(t); c.ID != id {
		t.Errorf("its id is %q", c.ID)
	}
	for _, spelt := range []string{strings.ToUpper(id), "urn:uuid:" + id, "%7B" + id + "%7D", "{" + id + "}", strings.ReplaceAll(id, "-", "")} {
		a := v.captureAs(spelt, drawing(1))
		if ok := a.status == http.StatusOK && bytes.Equal(a.body, first.body); !ok && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", spelt, a)
		}
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 1 {
		t.Errorf("%d captures are kept, want 1", n)
	}
}

func TestThePhotoMayComeInManyWrappings(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	photo := drawing(1)
	sum := sha256.Sum256(photo)
	many := &bytes.Buffer{}
	w := multipart.NewWriter(many)
	w.WriteField("note", "before")
	file, _ := w.CreateFormFile("photo", "../../etc/passwd")
	file.Write(photo)
	w.WriteField("note", "after")
	w.Close()
	form, formKind := multipartOf("photo", photo)
	for name, c := range map[string]struct {
		body []byte
		kind string
	}{
		"raw":                     {photo, "image/jpeg"},
		"no type":                 {photo, ""},
		"a wrong type":            {photo, "text/plain; charset=nonsense"},
		"a broken type":           {photo, "multipart"},
		"another picture type":    {photo, "image/gif"},
		"multipart":               {form, formKind},
		"multipart, more fields":  {many.Bytes(), w.FormDataContentType()},
		"multipart, in capitals":  {form, strings.Replace(formKind, "multipart/form-data", "Multipart/Form-Data", 1)},
		"multipart, octet-stream": {form, formKind + "; charset=utf-8"},
	} {
		id := uuid.NewString()
		if a := v.captureAs(id, c.body, "Content-Type", c.kind); a.status != http.StatusCreated {
			t.Errorf("%s: %s", name, a)
		}
		if n := s.count(`SELECT count(*) FROM captures WHERE id = ? AND photo_sum = ?`, id, sum[:]); n != 1 {
			t.Errorf("%s: the photo did not arrive as it was", name)
		}
	}
}

func multipartOf(field string, photo []byte) (body []byte, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormField(field)
	if err != nil {
		panic(err)
	}
	part.Write(photo)
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}

func TestAnswersSpeakTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	title := map[string]string{"en": "Not caught yet", "de": "Noch nicht gefangen", "fr": "Pas encore attrapé"}
	name := map[string]string{"en": "lion", "de": "Löwe", "fr": "lion"}
	for header, l := range map[string]string{
		"en": "en", "de": "de", "fr": "fr", "de-CH": "de", "fr-CA, fr;q=0.9, en;q=0.8": "fr", "pl": "en", "pl, de;q=0.5": "de",
		"": "en", "*": "en", "nonsense;;q=x": "en", "de;q=0, en": "en", "DE": "de", "ja,zh;q=0.5": "en", strings.Repeat("de,", 500): "de",
		"\u00fc\u00fc": "en", "en-GB": "en", "../../de": "en",
	} {
		var p problem
		a := v.get("/v1/species/lion", "Accept-Language", header)
		a.into(t, &p)
		if p.Title != title[l] {
			t.Errorf("%.30q is answered %q, want %q", header, p.Title, title[l])
		}
		var d dex
		v.get("/v1/dex", "Accept-Language", header).into(t, &d)
		for _, page := range d.Species {
			if page.Slug == "lion" && page.Name != name[l] {
				t.Errorf("%.30q: a lion is called %q, want %q", header, page.Name, name[l])
			}
		}
		var why struct{ Why string }
		v.ask("POST", "/v1/looks", bytes.NewReader(drawing(1)), "Accept-Language", header).into(t, &why)
		if why.Why == "" || strings.ContainsAny(why.Why, "{}") {
			t.Errorf("%.30q: why is %q", header, why.Why)
		}
	}
}

func TestCapturesMadeOffline(t *testing.T) {
	t.Parallel()
	var clock atomic.Pointer[time.Time]
	now := time.Date(2026, 7, 1, 12, 0, 0, 123456789, time.UTC)
	clock.Store(&now)
	s := start(t, func(c *app.Config) { c.Now = func() time.Time { return *clock.Load() } })
	v := s.join()
	send := func(id string, at string) answer {
		return v.ask("PUT", "/v1/captures/"+id+"?at="+url.QueryEscape(at), bytes.NewReader(drawing(1)))
	}
	id := uuid.NewString()
	oldest := now.Add(-7*24*time.Hour + time.Microsecond)
	first := send(id, oldest.Format(time.RFC3339Nano))
	for name, c := range map[string]struct {
		at     time.Time
		form   string
		status int
		kind   string
	}{
		"an hour ago":       {now.Add(-time.Hour), time.RFC3339, 201, ""},
		"in another zone":   {now.Add(-time.Hour).In(time.FixedZone("", 9*3600)), time.RFC3339Nano, 201, ""},
		"a clock ahead":     {now.Add(time.Minute), time.RFC3339, 201, ""},
		"too far ahead":     {now.Add(3 * time.Minute), time.RFC3339, 422, "capture-in-the-future"},
		"next year":         {now.AddDate(1, 0, 0), time.RFC3339, 422, "capture-in-the-future"},
		"eight days ago":    {now.Add(-8 * 24 * time.Hour), time.RFC3339, 422, "capture-too-old"},
		"a second too old":  {oldest.Add(-time.Second), time.RFC3339, 422, "capture-too-old"},
		"the year one":      {time.Time{}, time.RFC3339, 422, "capture-too-old"},
		"the year ten":      {time.Date(10, 1, 1, 0, 0, 0, 0, time.UTC), time.RFC3339, 422, "capture-too-old"},
		"not RFC 3339":      {now, time.RFC1123, 422, "invalid"},
		"a date":            {now, time.DateOnly, 422, "invalid"},
		"without a zone":    {now, "2006-01-02T15:04:05", 422, "invalid"},
		"the year nine 9s":  {now, "99999999-01-02T15:04:05Z", 422, "invalid"},
		"something to read": {now, "yesterday'); DROP TABLE captures; --", 422, "invalid"},
	} {
		a := send(uuid.NewString(), c.at.Format(c.form))
		if a.status != c.status || a.kind() != c.kind {
			t.Errorf("%s: answered %s, want %d %s", name, a, c.status, c.kind)
		}
		if a.status == 201 {
			want, _ := time.Parse(time.RFC3339Nano, c.at.Format(c.form))
			if got := a.captured(t).At; !got.Equal(want.Truncate(time.Microsecond)) {
				t.Errorf("%s: kept as of %v, sent %v", name, got, want)
			}
		}
	}
	if c := first.captured(t); first.status != 201 || !c.At.Equal(oldest.Truncate(time.Microsecond)) {
		t.Errorf("seven days ago: %s", first)
	}
	// What was in time once may be repeated for ever.
	year := now.AddDate(1, 0, 0)
	clock.Store(&year)
	if again := send(id, oldest.Format(time.RFC3339Nano)); again.status != 200 || !bytes.Equal(again.body, first.body) {
		t.Errorf("a year later: %s, first was %s", again, first)
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 4 {
		t.Errorf("%d captures are kept, want 4", n)
	}
}

func TestThePageShowsWhenAnAnimalWasFirstMet(t *testing.T) {
	t.Parallel()
	lion := animal(t, "lion")
	s := start(t)
	v := s.join()
	now := time.Now().UTC().Truncate(time.Second)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var caught []string
	days := map[string]bool{}
	for _, hours := range []int{1, 50, 5} {
		at := now.Add(-time.Duration(hours) * time.Hour)
		days[at.In(zone).Format(time.DateOnly)] = true
		a := v.ask("PUT", "/v1/captures/"+uuid.NewString()+"?at="+at.Format(time.RFC3339), bytes.NewReader(append(lion, byte(hours))))
		caught = append(caught, a.captured(t).Outcome)
		s.run(`DELETE FROM prints`) // as if the next were another picture
	}
	var page struct {
		FirstCaughtAt time.Time
		TimesSeen     int
		Visits        int
	}
	v.get("/v1/species/lion").into(t, &page)
	if want := []string{"caught", "caught", "seen"}; !reflect.DeepEqual(caught, want) || page.TimesSeen != 3 || page.Visits != len(days) || !page.FirstCaughtAt.Equal(now.Add(-50*time.Hour)) {
		t.Errorf("%v, page %+v", caught, page)
	}
}

func TestANicknameIsDrawnAnew(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	seen := map[string]bool{v.Nickname: true}
	for i := range 5 {
		var me struct{ Nickname string }
		a := v.ask("PATCH", "/v1/me", strings.NewReader(`{"nickname":"Rude Word"}`), "Accept-Language", []string{"en", "de", "fr"}[i%3])
		a.into(t, &me)
		if a.status != http.StatusOK || me.Nickname == v.Nickname || strings.Contains(me.Nickname, "Rude") {
			t.Errorf("after %q: %s", v.Nickname, a)
		}
		v.Nickname = me.Nickname
		seen[me.Nickname] = true
		v.get("/v1/me").into(t, &me)
		if me.Nickname != v.Nickname {
			t.Errorf("the nickname is %q again", me.Nickname)
		}
	}
	if len(seen) < 3 {
		t.Errorf("only %v were drawn", seen)
	}
}

func TestTheExportHoldsEverythingAndNothingOfOthers(t *testing.T) {
	t.Parallel()
	s := start(t)
	v, other := s.join(), s.join()
	photos := map[string][]byte{uuid.NewString(): drawing(1), uuid.NewString(): drawing(2)}
	for id, photo := range photos {
		v.captureAs(id, photo)
		other.capture(photo)
	}
	a := v.get("/v1/me/export")
	var e struct {
		ID, Nickname string
		MemberSince  time.Time
		Points       int
		Captures     []struct {
			ID, Outcome, Model, PhotoSha256, PhotoPerceptualHash string
			At                                                   time.Time
		}
	}
	a.into(t, &e)
	if a.status != http.StatusOK || e.ID != v.ID || e.Nickname != v.Nickname || len(e.Captures) != len(photos) || e.MemberSince.IsZero() {
		t.Fatalf("exported %s", a)
	}
	for _, c := range e.Captures {
		sum := sha256.Sum256(photos[c.ID])
		if c.PhotoSha256 != hex.EncodeToString(sum[:]) || c.Outcome == "" || c.At.IsZero() || c.Model == "" || len(c.PhotoPerceptualHash) != 16 {
			t.Errorf("exported %+v", c)
		}
	}
	if strings.Contains(string(a.body), other.ID) || strings.Contains(string(a.body), v.Token) {
		t.Errorf("exported too much: %s", a)
	}
}

func TestWhoIsErasedIsGone(t *testing.T) {
	t.Parallel()
	s := start(t)
	v, other := s.join(), s.join()
	id := uuid.NewString()
	v.captureAs(id, drawing(1))
	other.capture(drawing(1))
	if s.rowsWith(v.ID) == 0 || s.rowsWith(hashed(v.Token)) == 0 {
		t.Fatal("the test does not find a visitor who is there")
	}
	if a := v.ask("DELETE", "/v1/me", nil); a.status != http.StatusNoContent || len(a.body) != 0 {
		t.Errorf("erased: %s", a)
	}
	for _, text := range []string{v.ID, id, hashed(v.Token), hashed(v.PassCode)} {
		if n := s.rowsWith(text); n != 0 {
			t.Errorf("%d rows hold something of them", n)
		}
	}
	for _, path := range []string{"GET /v1/me", "PATCH /v1/me", "DELETE /v1/me", "GET /v1/me/export", "GET /v1/dex", "GET /v1/species/lion", "POST /v1/looks", "PUT /v1/captures/" + id} {
		method, path, _ := strings.Cut(path, " ")
		a := v.ask(method, path, bytes.NewReader(drawing(1)))
		if a.status != http.StatusUnauthorized || a.kind() != "unknown-token" || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s by an erased visitor: %s", method, path, a)
		}
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 1 {
		t.Errorf("%d captures are kept, want the other visitor's", n)
	}
}

// Two visitors and a photo that tells where it was taken: none of it may show.
func TestNothingIsToldThatIsNobodysBusiness(t *testing.T) {
	t.Parallel()
	s := start(t)
	a, b := s.join(), s.join()
	const place = "Zauberwald-47.3892635N"
	photo := located(drawing(1), place)
	var told []byte
	hear := func(answers ...answer) {
		for _, x := range answers {
			told = append(append(told, x.body...), fmt.Sprint(x.header)...)
		}
	}
	b.capture(photo)
	id := uuid.NewString()
	first := a.captureAs(id, photo)
	if first.status != http.StatusCreated {
		t.Fatal(first)
	}
	hear(first, a.captureAs(id, photo), a.captureAs(id, drawing(2)), a.captureAs("wrong", photo),
		a.ask("POST", "/v1/looks", bytes.NewReader(photo)), a.ask("POST", "/v1/looks", bytes.NewReader(photo[:100])),
		a.get("/v1/me"), a.get("/v1/dex"), a.get("/v1/me/export"), a.get("/v1/species/lion"), a.get("/v1/species/"+b.ID), a.get("/v1/"+b.ID),
		s.ask("GET", "/metrics", nil), s.ask("GET", "/healthz", nil), s.ask("GET", "/readyz", nil), s.ask("GET", "/openapi.json", nil), s.ask("GET", "/v1/me", nil))
	for what, secret := range map[string]string{
		"another visitor's id": b.ID, "a token": a.Token, "another visitor's token": b.Token, "a pass code": a.PassCode,
		"another visitor's name": b.Nickname, "the place of a photo": place, "its coordinates": "47.38", "their digits": "60942",
	} {
		if bytes.Contains(told, []byte(secret)) && b.Nickname != a.Nickname {
			t.Errorf("an answer tells %s", what)
		}
	}
	log := s.log.String()
	for what, secret := range map[string]string{
		"a token": a.Token, "another token": b.Token, "a pass code": a.PassCode, "a token's hash": hashed(a.Token),
		"the place of a photo": place, "a nickname": a.Nickname,
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log tells %s", what)
		}
	}
	for what, text := range map[string]string{"the place of a photo": place, "a token": a.Token, "a pass code": a.PassCode} {
		if n := s.rowsWith(text) + s.rowsWith(hex.EncodeToString([]byte(text))); n != 0 {
			t.Errorf("the database keeps %s", what)
		}
	}
	if strings.Contains(string(s.ask("GET", "/metrics", nil).body), a.ID) {
		t.Error("the metrics name a visitor")
	}
}

func TestTheEmptyConfigurationServesOnTheLoopbackAddress(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *app.Config) { *c = app.Config{Log: c.Log} })
	if !strings.HasPrefix(s.url, "http://127.0.0.1:") {
		t.Errorf("it serves at %s", s.url)
	}
	if a := s.join().capture(drawing(1)); a.status != http.StatusCreated {
		t.Errorf("a capture: %s", a)
	}
}
