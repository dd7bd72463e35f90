package app_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/vision/engine"
)

var (
	replicaSteps = flag.Int("replicas.steps", 150, "steps of the random history through two services")
	replicaSeed  = flag.Uint64("replicas.seed", 0, "draws the same history again; 0 draws another")
)

// actor is a visitor as a naive program would keep them.
type actor struct {
	id       game.VisitorID
	token    string
	code     string
	name     string
	listed   bool
	history  []game.Taken
	captures []*shot
	asked    map[game.CaptureID]game.Question
	quizzed  map[game.CaptureID][]byte
}

// shot is a capture as it was sent, recognised and answered.
type shot struct {
	game.Capture
	photo  []byte
	answer []byte
	copied bool
}

func (a *actor) taken(id game.CaptureID) *game.Taken {
	i := slices.IndexFunc(a.history, func(t game.Taken) bool { return t.ID == id })
	return &a.history[i]
}

type team struct {
	id, name, code string
	members        []*actor // the longest first
}

// picture is a photo, and what recognition makes of it.
type picture struct {
	data []byte
	seen api.Seen
}

// replicas are two services on one database, and beside them a model in memory
// that works out everything from all captures by package game.
type replicas struct {
	*testing.T
	*rand.Rand
	database  string
	db        *database.Database
	games     *store.Store
	processes [2]*process
	pictures  []picture
	actors    []*actor
	erased    []*actor
	teams     []*team
	done      map[string]int
}

// TestTwoServicesDoWhatANaiveModelDoes runs a random history of visitors and
// their groups, and a staff that edits and overrules, through two processes,
// which are killed and started again in between.
func TestTwoServicesDoWhatANaiveModelDoes(t *testing.T) {
	seed := cmp.Or(*replicaSeed, rand.Uint64())
	t.Logf("-replicas.seed=%d -replicas.steps=%d", seed, *replicaSteps)
	r := &replicas{T: t, Rand: rand.New(rand.NewPCG(seed, 0)), database: databasetest.URL(t), done: map[string]int{}}
	for i := range r.processes {
		r.processes[i] = startProcess(t, serveVariable+"="+r.database)
	}
	r.db = open(t, r.database)
	r.games = store.New(r.db.Gorm(), time.Now)
	r.look(photoFolder(t))
	steps := []struct {
		often int
		name  string
		do    func() bool
	}{
		{3, "welcome", r.welcome}, {20, "capture", r.capture}, {3, "retry", r.retry}, {1, "conflict", r.conflict},
		{4, "say", r.say}, {2, "unsay", r.unsay}, {3, "overrule", r.overrule}, {5, "quiz", r.quiz},
		{2, "list", r.list}, {1, "rename", r.rename}, {1, "phone", r.phone}, {1, "erase", r.erase},
		{2, "found", r.found}, {3, "join", r.join}, {1, "leave", r.leave}, {1, "remove", r.remove}, {1, "rotate", r.rotate},
		{1, "edit", r.edit}, {1, "restart", r.restart},
	}
	sum := 0
	for _, s := range steps {
		sum += s.often
	}
	for n := 0; n < *replicaSteps && !t.Failed(); {
		draw := r.IntN(sum)
		for _, s := range steps {
			if draw -= s.often; draw < 0 {
				if s.do() {
					n++
					r.done[s.name]++
					r.check()
				}
				break
			}
		}
	}
	verify(t, r.db, "at the end")
	t.Logf("%v", r.done)
}

// look has the photos recognised as the services do.
func (r *replicas) look(folder string) {
	eyes, err := app.NewEyes(engine.Options{}, api.DefaultLimits.PhotoBytes, api.NewMetrics())
	if err != nil {
		r.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "imagen-det", "*", "*"))
	for i := r.IntN(2); i < len(files); i += 2 {
		data := read(r, files[i])
		seen, err := eyes.Recognise(r.Context(), r.zoo(), data)
		if err != nil {
			r.Fatal(err)
		}
		r.pictures = append(r.pictures, picture{data, seen})
	}
	if len(r.pictures) == 0 {
		r.Skip("no photos of animals in the folder of test photos")
	}
}

func (r *replicas) zoo() *store.Zoo {
	zoo, err := r.games.Zoo(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return zoo
}

func (r *replicas) state(a *actor) game.State { return r.zoo().Referee.Replay(a.history) }

// ask asks either service.
func (r *replicas) ask(a *actor, method, path, body string) (int, []byte) {
	r.Helper()
	p := &player{token: a.token}
	status, answer, err := p.call(http.DefaultClient, r.processes[r.IntN(2)].url, &move{method: method, path: path, body: []byte(body)})
	if err != nil {
		r.Fatalf("%s %s: %v", method, path, err)
	}
	return status, answer
}

// want asks, and reads an answer of a status; a problem has none of the type's fields.
func (r *replicas) want(a *actor, method, path, body string, status int, into any) []byte {
	r.Helper()
	got, answer := r.ask(a, method, path, body)
	if got != status {
		r.Fatalf("%s %s %s: answered %d %s, want %d", method, path, body, got, answer, status)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			r.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
	return answer
}

func (r *replicas) same(what string, got, want any) {
	r.Helper()
	if !reflect.DeepEqual(got, want) {
		r.Fatalf("%s: got\n%+v\nwant\n%+v", what, got, want)
	}
}

func any1[E any](r *rand.Rand, of []E) (e E, ok bool) {
	if len(of) == 0 {
		return e, false
	}
	return of[r.IntN(len(of))], true
}

func (r *replicas) earlier() (*actor, *shot, bool) {
	a, ok := any1(r.Rand, r.actors)
	if !ok {
		return nil, nil, false
	}
	s, ok := any1(r.Rand, a.captures)
	return a, s, ok
}

func (r *replicas) welcome() bool {
	var v struct{ ID, Token, Nickname, PassCode string }
	r.want(&actor{}, "POST", "/v1/visitors", "", 201, &v)
	r.actors = append(r.actors, &actor{id: game.VisitorID(v.ID), token: v.Token, code: v.PassCode, name: v.Nickname,
		asked: map[game.CaptureID]game.Question{}, quizzed: map[game.CaptureID][]byte{}})
	return true
}

// told is what an answer says that was earned.
type told struct {
	Outcome string
	Void    string
	Points  int
	Lines   string
	Badges  []string
	Lost    []string
	Level   int
	Trails  []string
	Caught  int
	Total   int
	Sum     int
	Asked   bool
}

// tell reads it from an answer.
func (r *replicas) tell(body []byte) told {
	r.Helper()
	var p played
	if err := json.Unmarshal(body, &p); err != nil {
		r.Fatal(err)
	}
	t := told{Outcome: p.Outcome, Points: p.Earned.Points, Level: p.Earned.Level.Number, Caught: p.Progress.Caught, Total: p.Progress.Total, Sum: p.Progress.Points, Asked: p.Quiz != nil}
	if p.Void != nil {
		t.Void = p.Void.Reason
	}
	for _, l := range p.Earned.Lines {
		t.Lines += fmt.Sprint(l.Reason, l.Points, " ")
	}
	for _, b := range p.Earned.Badges {
		t.Badges = append(t.Badges, b.Key)
	}
	for _, b := range p.Earned.LostBadges {
		t.Lost = append(t.Lost, b.Key)
	}
	for _, tr := range p.Earned.Trails {
		t.Trails = append(t.Trails, fmt.Sprint(tr.Key, tr.Done, tr.Notice))
	}
	return t
}

// expected works out what an answer has to say.
func (r *replicas) expected(before, after game.State, outcome game.Outcome, void game.VoidReason, asked bool) told {
	g, p := game.Compare(before, after), after.Progress(r.zoo().Species)
	t := told{Outcome: string(outcome), Void: string(void), Points: g.Points, Level: after.Level, Caught: p.Caught, Total: p.Total, Sum: p.Points, Asked: asked}
	about := func(l game.Line) game.Line { return game.Line{Reason: l.Reason, Key: l.Key} }
	sums := map[game.Line]int{} // what only moved from one capture to another is not told
	for _, l := range g.Lines {
		sums[about(l)] += l.Points
	}
	for _, l := range g.Lines {
		if points := sums[about(l)]; points != 0 {
			t.Lines += fmt.Sprint(l.Reason, points, " ")
		}
		delete(sums, about(l))
	}
	for _, b := range g.Badges {
		t.Badges = append(t.Badges, b.Badge)
	}
	for _, b := range g.Lost {
		t.Lost = append(t.Lost, b.Badge)
	}
	for _, tr := range g.Trails {
		t.Trails = append(t.Trails, fmt.Sprint(tr.Trail, tr.Done, tr.Notice))
	}
	return t
}

// question works out what is asked after a catch.
func (r *replicas) question(a *actor, ruling game.Ruling, after game.State) bool {
	if _, before := a.asked[ruling.Capture]; before || ruling.Outcome != game.Caught {
		return false
	}
	q, ok := r.zoo().Referee.Rules().Quiz.Ask(r.zoo().Species, after.Seen, game.QuizSeed(a.id, ruling.Capture))
	if ok {
		a.asked[ruling.Capture] = q
	}
	return ok
}

func (r *replicas) capture() bool {
	a, ok := any1(r.Rand, r.actors)
	if !ok {
		return false
	}
	f, _ := any1(r.Rand, r.pictures)
	s := &shot{photo: append(slices.Clone(f.data), fmt.Sprint("after the end ", r.Uint64())...), Capture: game.Capture{
		ID: game.CaptureID(uuid.NewString()), Visitor: a.id, Recognised: f.seen.Recognised, PhotoSig: f.seen.Print.Upright, PhotoFlip: f.seen.Print.Mirrored}}
	path := "/v1/captures/" + string(s.ID)
	if r.IntN(3) == 0 { // made offline
		path += "?at=" + url.QueryEscape(time.Now().Add(-time.Duration(r.IntN(6*24*60))*time.Minute).UTC().Format(time.RFC3339))
	}
	var moment struct{ At time.Time }
	s.answer = r.want(a, "PUT", path, string(s.photo), 201, &moment)
	s.At = moment.At
	s.copied = r.copied(s)
	before := r.state(a)
	a.history = append(a.history, game.Taken{ID: s.ID, At: s.At, Verdict: s.Verdict, Species: s.Species, Marks: game.Marks{Copied: s.copied}})
	a.captures = append(a.captures, s)
	after := r.state(a)
	ruling, _ := after.Ruling(s.ID)
	r.same("a capture", r.tell(s.answer), r.expected(before, after, ruling.Outcome, ruling.Void, r.question(a, ruling, after)))
	return true
}

// copied goes through all photos there are.
func (r *replicas) copied(mine *shot) bool {
	referee := r.zoo().Referee
	fair := referee.Rules().FairPlay
	since := mine.At.AddDate(-1, 0, 0)
	if season, err := referee.Rules().Calendar.On(game.DateOf(mine.At, referee.Zone())); err == nil {
		since = season.From.Start(referee.Zone())
	}
	for _, a := range r.actors {
		for _, s := range a.captures {
			if s.Species == "" || s.copied || s.At.Before(since) || fair.MaySay(mine.Capture, s.Species) != nil {
				continue
			}
			print := func(c game.Capture) game.Shot {
				return game.Shot{Visitor: c.Visitor, At: c.At, Species: c.Species, Print: game.Print{Upright: c.PhotoSig, Mirrored: c.PhotoFlip}}
			}
			if fair.Copy(print(mine.Capture), print(s.Capture), referee.Zone()) {
				return true
			}
		}
	}
	return false
}

func (r *replicas) retry() bool {
	a, s, ok := r.earlier()
	if ok {
		got := r.want(a, "PUT", "/v1/captures/"+strings.ToUpper(string(s.ID)), string(s.photo), 200, nil)
		// The facts are those of now.
		if !bytes.Equal(rarity.ReplaceAll(got, nil), rarity.ReplaceAll(s.answer, nil)) {
			r.Fatalf("a retry is answered\n%s\nfirst was\n%s", got, s.answer)
		}
	}
	return ok
}

var rarity = regexp.MustCompile(`"rarity":[1-5]`)

func (r *replicas) conflict() bool {
	a, s, ok := r.earlier()
	if ok {
		r.want(a, "PUT", "/v1/captures/"+string(s.ID), string(s.photo)+"!", 409, nil)
	}
	return ok
}

func (r *replicas) say() bool {
	a, s, ok := r.earlier()
	if !ok {
		return false
	}
	body, species := "{}", game.SpeciesID("")
	if r.IntN(3) > 0 && len(s.Candidates) > 0 {
		c, _ := any1(r.Rand, s.Candidates)
		sp, _ := r.zoo().ByID(c.Species)
		body, species = fmt.Sprintf(`{"species":%q}`, sp.Slug), c.Species
	}
	path := "/v1/captures/" + string(s.ID) + "/correction"
	if r.zoo().Referee.Rules().FairPlay.MaySay(s.Capture, species) != nil {
		r.want(a, "POST", path, body, 422, nil)
		return true
	}
	return r.correct(a, s, game.Correction{Kind: game.Say, Species: species}, func() []byte { return r.want(a, "POST", path, body, 200, nil) })
}

func (r *replicas) unsay() bool {
	a, s, ok := r.earlier()
	return ok && r.correct(a, s, game.Correction{Kind: game.Unsay}, func() []byte {
		return r.want(a, "DELETE", "/v1/captures/"+string(s.ID)+"/correction", "", 200, nil)
	})
}

// overrule is what staff do, from a third process.
func (r *replicas) overrule() bool {
	a, s, ok := r.earlier()
	kind, _ := any1(r.Rand, []game.CorrectionKind{game.Withdraw, game.Withdraw, game.Restore, game.Pardon, game.Unpardon})
	return ok && r.correct(a, s, game.Correction{Kind: kind}, func() []byte {
		if _, err := r.games.Overrule(r.Context(), store.Author{Name: "kim"}, a.id, s.ID, kind, "a poster"); err != nil {
			r.Fatal(err)
		}
		return nil
	})
}

func (r *replicas) correct(a *actor, s *shot, c game.Correction, call func() []byte) bool {
	before := r.state(a)
	t := a.taken(s.ID)
	was := t.Marks
	t.Marks = t.Marks.Correct(c)
	after := r.state(a)
	ruling, _ := after.Ruling(s.ID)
	asked := !reflect.DeepEqual(was, t.Marks) && r.question(a, ruling, after)
	if body := call(); body != nil {
		r.same("a correction", r.tell(body), r.expected(before, after, ruling.Outcome, ruling.Void, asked))
	}
	return true
}

func (r *replicas) quiz() bool {
	a, s, ok := r.earlier()
	if !ok {
		return false
	}
	path := "/v1/captures/" + string(s.ID) + "/quiz"
	q, ok := a.asked[s.ID]
	if !ok {
		r.want(a, "POST", path, `{"choice":"africa"}`, 404, nil)
		return true
	}
	choice, _ := any1(r.Rand, q.Choices)
	body := fmt.Sprintf(`{"choice":%q}`, choice.Key)
	if first, answered := a.quizzed[s.ID]; answered {
		if got := r.want(a, "POST", path, body, 200, nil); !bytes.Equal(got, first) {
			r.Fatalf("answered again: %s, first was %s", got, first)
		}
		return true
	}
	before := r.state(a)
	a.taken(s.ID).Answer = &game.Answer{Right: choice.Key == q.Right, At: time.Now()}
	after := r.state(a)
	var right struct {
		Right  bool
		Answer struct{ Key string }
	}
	a.quizzed[s.ID] = r.want(a, "POST", path, body, 200, &right)
	r.same("an answer", right.Right && right.Answer.Key == choice.Key, choice.Key == q.Right)
	r.same("an answer", r.tell(a.quizzed[s.ID]), r.expected(before, after, "", "", false))
	return true
}

func (r *replicas) list() bool {
	a, ok := any1(r.Rand, r.actors)
	if ok {
		a.listed = r.IntN(4) > 0
		r.want(a, "PUT", "/v1/me/standings", fmt.Sprintf(`{"standings":%v}`, a.listed), 200, nil)
	}
	return ok
}

func (r *replicas) rename() bool {
	a, ok := any1(r.Rand, r.actors)
	if ok {
		var me struct{ Nickname string }
		r.want(a, "PATCH", "/v1/me", "", 200, &me)
		if me.Nickname == a.name {
			r.Errorf("still %s", a.name)
		}
		a.name = me.Nickname
	}
	return ok
}

func (r *replicas) phone() bool {
	a, ok := any1(r.Rand, r.actors)
	if ok {
		var v struct{ ID, Token string }
		r.want(&actor{}, "POST", "/v1/me/phones", fmt.Sprintf(`{"passCode":%q}`, strings.ToUpper(a.code)), 201, &v)
		r.same("the visitor of a pass code", v.ID, string(a.id))
		a.token = v.Token
		r.want(&actor{}, "POST", "/v1/me/phones", fmt.Sprintf(`{"passCode":%q}`, game.NewPassCode()), 403, nil)
	}
	return ok
}

func (r *replicas) erase() bool {
	a, ok := any1(r.Rand, r.actors)
	if !ok || len(r.actors) < 4 {
		return false
	}
	r.want(a, "DELETE", "/v1/me", "", 204, nil)
	r.actors = slices.DeleteFunc(r.actors, func(x *actor) bool { return x == a })
	r.erased = append(r.erased, a)
	for _, g := range slices.Clone(r.teams) {
		r.exit(g, a)
	}
	return true
}

func (r *replicas) exit(g *team, a *actor) {
	g.members = slices.DeleteFunc(g.members, func(x *actor) bool { return x == a })
	if len(g.members) == 0 {
		r.teams = slices.DeleteFunc(r.teams, func(x *team) bool { return x == g })
	}
}

func (r *replicas) teamsOf(a *actor) (of []*team) {
	for _, g := range r.teams {
		if slices.Contains(g.members, a) {
			of = append(of, g)
		}
	}
	return of
}

func (r *replicas) found() bool {
	a, ok := any1(r.Rand, r.actors)
	if !ok || len(r.teams) > 3 || len(r.teamsOf(a)) >= r.zoo().Referee.Rules().Groups.Joined {
		return false
	}
	var g struct {
		ID, Name string
		Code     struct{ Code string }
	}
	r.want(a, "POST", "/v1/groups", `{"kind":"family"}`, 201, &g)
	r.teams = append(r.teams, &team{g.ID, g.Name, g.Code.Code, []*actor{a}})
	return true
}

func (r *replicas) member() (*actor, *team, bool) {
	a, some := any1(r.Rand, r.actors)
	g, ok := any1(r.Rand, r.teams)
	return a, g, some && ok
}

func (r *replicas) join() bool {
	a, g, ok := r.member()
	if !ok {
		return false
	}
	rules := r.zoo().Referee.Rules().Groups
	status, join := 200, fmt.Sprintf(`{"code":%q}`, strings.ToLower(g.code[:3]+" "+g.code[3:]))
	switch {
	case slices.Contains(g.members, a), len(g.members) >= rules.Members[game.FamilyGroup], len(r.teamsOf(a)) >= rules.Joined:
		status = 409
	default:
		g.members = append(g.members, a)
	}
	r.want(a, "POST", "/v1/groups/join", join, status, nil)
	return true
}

func (r *replicas) leave() bool {
	a, g, ok := r.member()
	if !ok {
		return false
	}
	status := 404
	if slices.Contains(g.members, a) {
		status = 204
	}
	r.want(a, "DELETE", "/v1/groups/"+g.id+"/members/me", "", status, nil)
	r.exit(g, a)
	return true
}

func (r *replicas) remove() bool {
	a, g, ok := r.member()
	if !ok {
		return false
	}
	victim, _ := any1(r.Rand, g.members)
	var there struct{ Members []struct{ ID string } }
	r.want(g.members[0], "GET", "/v1/groups/"+g.id, "", 200, &there)
	status := 204
	switch {
	case !slices.Contains(g.members, a):
		status = 404
	case a != g.members[0] && a != victim:
		status = 403
	}
	r.want(a, "DELETE", "/v1/groups/"+g.id+"/members/"+there.Members[slices.Index(g.members, victim)].ID, "", status, nil)
	if status == 204 {
		r.exit(g, victim)
	}
	return true
}

func (r *replicas) rotate() bool {
	a, g, ok := r.member()
	if !ok {
		return false
	}
	path := "/v1/groups/" + g.id + "/code"
	switch {
	case !slices.Contains(g.members, a):
		r.want(a, "POST", path, "", 404, nil)
	case a != g.members[0]:
		r.want(a, "POST", path, "", 403, nil)
	default:
		var rotated struct{ Code struct{ Code string } }
		r.want(a, "POST", path, "", 200, &rotated)
		if rotated.Code.Code == g.code {
			r.Errorf("the code is still %s", g.code)
		}
		g.code = rotated.Code.Code
	}
	return true
}

// edit is what staff change, and waits until everybody is recomputed.
func (r *replicas) edit() bool {
	err := r.db.Gorm().Exec("UPDATE species SET rarity = ? WHERE slug = ?", 1+r.IntN(5), r.zoo().Species[r.IntN(len(r.zoo().Species))].Slug).Error
	if err != nil {
		r.Fatal(err)
	}
	everybodyIsRecomputed(r, r.db)
	return true
}

// everybodyIsRecomputed waits until all have what they earned by the rules and
// species of now.
func everybodyIsRecomputed(t testing.TB, db *database.Database) {
	t.Helper()
	zoo, err := store.New(db.Gorm(), time.Now).Zoo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var behind int
		if err := db.Gorm().Raw("SELECT count(*) FROM tallies WHERE basis <> ?", zoo.Referee.Basis()).Scan(&behind).Error; err != nil {
			t.Fatal(err)
		}
		if behind == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d visitors are not recomputed", behind)
		}
	}
}

func (r *replicas) restart() bool {
	i := r.IntN(2)
	r.processes[i].kill()
	http.DefaultClient.CloseIdleConnections()
	r.processes[i] = startProcess(r, serveVariable+"="+r.database)
	return true
}

// check compares what the services say of a visitor, and of the boards, with
// the model.
func (r *replicas) check() {
	r.Helper()
	if a, ok := any1(r.Rand, r.erased); ok {
		r.want(a, "GET", "/v1/me", "", 401, nil)
	}
	a, ok := any1(r.Rand, r.actors)
	if !ok {
		return
	}
	state, zoo := r.state(a), r.zoo()
	type me struct {
		Nickname              string
		Caught, Total, Points int
		Visits                int
		Level                 struct{ Number int }
		Standings             bool
	}
	var got me
	r.want(a, "GET", "/v1/me", "", 200, &got)
	p := state.Progress(zoo.Species)
	r.same("me", got, me{a.name, p.Caught, p.Total, p.Points, len(state.Visits), struct{ Number int }{state.Level}, a.listed})

	var dex struct {
		Species []struct {
			Slug      string
			TimesSeen int
			Visits    int
		}
	}
	r.want(a, "GET", "/v1/dex", "", 200, &dex)
	for _, page := range dex.Species {
		s, _ := zoo.BySlug(game.Slug(page.Slug))
		if seen := state.Seen[s.ID]; page.TimesSeen != seen.Times || page.Visits != seen.Visits {
			r.Fatalf("%s was seen %d times on %d visits, want %+v", page.Slug, page.TimesSeen, page.Visits, seen)
		}
	}
	var badges struct {
		Badges []struct {
			Key    string
			Have   int
			Earned bool
		}
	}
	r.want(a, "GET", "/v1/badges", "", 200, &badges)
	for i, b := range state.Badges {
		if g := badges.Badges[i]; g.Key != b.Badge || g.Earned != b.Earned() || g.Have != b.Have {
			r.Fatalf("badge %+v, want %+v", g, b)
		}
	}
	var mine struct{ Groups []struct{ ID string } }
	r.want(a, "GET", "/v1/groups", "", 200, &mine)
	if of := r.teamsOf(a); len(of) != len(mine.Groups) {
		r.Fatalf("in %d groups, want %d", len(mine.Groups), len(of))
	}
	if g, ok := any1(r.Rand, r.teamsOf(a)); ok {
		var there struct {
			Members  []struct{ Nickname string }
			Progress struct{ Caught, Total, Points int }
		}
		r.want(a, "GET", "/v1/groups/"+g.id, "", 200, &there)
		union, score := r.together(g)
		r.same("a group's progress", game.Progress(there.Progress), game.Count(game.Dex(zoo.Species, union), score.Points))
		for i, m := range g.members {
			if len(there.Members) != len(g.members) || there.Members[i].Nickname != m.name {
				r.Fatalf("members are %+v", there.Members)
			}
		}
	}
	names := map[string]string{}
	var visitors, groups []game.Score
	for _, a := range r.actors {
		if a.listed {
			names[string(a.id)] = a.name
			visitors = append(visitors, game.ScoreOf(string(a.id), r.state(a).Lines, game.Span{}))
		}
	}
	for _, g := range r.teams {
		names[g.id] = g.name
		_, score := r.together(g)
		groups = append(groups, score)
	}
	r.board(a, "visitors", visitors, names)
	r.board(a, "groups", groups, names)
}

func (r *replicas) together(g *team) (map[game.SpeciesID]game.Sighted, game.Score) {
	var states []game.State
	for _, m := range g.members {
		states = append(states, r.state(m))
	}
	return r.zoo().Referee.Together(g.id, game.Span{}, states...)
}

// board compares ranks. Who of those with as many points was first is a
// question of when an answer arrived, which the model does not know.
func (r *replicas) board(a *actor, of string, scores []game.Score, names map[string]string) {
	r.Helper()
	var page struct {
		Total int
		Rows  []struct {
			Rank, Points int
			Name         string
		}
	}
	r.want(a, "GET", "/v1/standings/ever?limit=100&of="+of, "", 200, &page)
	var got, want []string
	for _, row := range page.Rows {
		got = append(got, fmt.Sprint(row.Rank, " ", row.Points, " ", row.Name))
	}
	for _, s := range game.Rank(scores) {
		want = append(want, fmt.Sprint(s.Rank, " ", s.Points, " ", names[s.ID]))
	}
	slices.Sort(got)
	slices.Sort(want)
	if page.Total != len(want) || !slices.Equal(got, want) {
		r.Fatalf("the board of %s has %d rows\n%s\nwant\n%s", of, page.Total, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
