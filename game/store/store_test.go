package store_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/rules"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/migrations"
)

func TestMain(m *testing.M) {
	// Twenty random histories of about thirty steps, and tests that together
	// need no more connections than one Postgres has; other values by the same flags.
	parallel := strconv.Itoa(min(4, runtime.GOMAXPROCS(0)))
	if err := errors.Join(flag.Set("rapid.checks", "20"), flag.Set("test.parallel", parallel)); err != nil {
		panic(err)
	}
	os.Exit(databasetest.Main(m))
}

// starter is a small zoo: one species of each rarity, in all languages.
func starter() []game.Species {
	var zoo []game.Species
	for i, name := range []string{"lion", "red panda", "tiger", "okapi", "axolotl"} {
		s := game.Species{
			Number: i + 1, Slug: game.Slug(fmt.Sprintf("species-%d", i+1)), ScientificName: "Animal " + name,
			Class: "Mammalia", Order: "Carnivora", Family: "Felidae", Group: "big-cat",
			Conservation: game.Vulnerable, Continents: []game.Continent{game.Africa, game.Asia},
			Activity: game.Twilight, Awake: []game.Awake{{Start: 17 * 60, End: 9*60 + 30}}, SleepHours: 13.5,
			Rarity: i + 1, Keys: []string{fmt.Sprintf("n%08d", i)}, Art: "lion", OnDisplay: true,
			Texts: map[game.Language]game.Text{},
		}
		for _, l := range game.Languages {
			tag := " {\"" + string(l) + "\"}, ü"
			s.Texts[l] = game.Text{Name: name + tag, Habitat: "habitat" + tag, Diet: "diet" + tag, Sleep: "sleep" + tag, Surprise: "surprise" + tag}
		}
		zoo = append(zoo, s)
	}
	return zoo
}

// opening is when the test's zoo opens, and what its clock shows.
var opening = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)

// fixture is a store over a database of its own.
type fixture struct {
	*store.Store
	t  testing.TB
	db *database.Database

	taken *atomic.Int64 // photos
}

// founded gives a store whose zoo has its starter species.
func founded(t testing.TB) *fixture {
	t.Helper()
	f := empty(t)
	if _, err := f.Found(t.Context(), starter()); err != nil {
		t.Fatal(err)
	}
	if err := f.FoundRules(t.Context(), starterRules(t), time.UTC); err != nil {
		t.Fatal(err)
	}
	return f
}

// starterRules are those of a new zoo.
func starterRules(t testing.TB) game.Rules {
	t.Helper()
	r, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// catch is what the first capture of a species earns, by its rarity.
func (f *fixture) catch(rarity int) int { return f.zoo().Referee.Rules().Points.Catch[rarity] }

// arrival is what the first animal of a visit earns beside.
func (f *fixture) arrival() int { return f.zoo().Referee.Rules().Points.Visit }

func empty(t testing.TB) *fixture {
	t.Helper()
	db := databasetest.Open(t, migrations.FS)
	return &fixture{store.New(db.Gorm(), clock), t, db, new(atomic.Int64)}
}

func clock() time.Time { return opening }

// restarted is another process's store over the same database.
func (f *fixture) restarted() *fixture {
	return &fixture{store.New(f.db.Gorm(), clock), f.t, f.db, f.taken}
}

func (f *fixture) zoo() *store.Zoo {
	f.t.Helper()
	zoo, err := f.Zoo(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return zoo
}

func (f *fixture) species(number int) game.Species {
	f.t.Helper()
	for _, s := range f.zoo().Species {
		if s.Number == number {
			return s
		}
	}
	f.t.Fatalf("there is no species %d", number)
	return game.Species{}
}

func (f *fixture) welcome() game.VisitorID {
	f.t.Helper()
	v, err := f.Welcome(f.t.Context(), "Brave Otter 42", game.NewToken(), game.NewPassCode())
	if err != nil {
		f.t.Fatal(err)
	}
	return v.ID
}

// sighting is a capture of a species as recognition gives it, with an id, a
// photo and a moment of its own.
func (f *fixture) sighting(v game.VisitorID, species int) game.Capture {
	f.t.Helper()
	s := f.species(species)
	id := uuid.NewString()
	sum := sha256.Sum256([]byte(id))
	return game.Capture{
		ID: game.CaptureID(id), Visitor: v, At: opening.Add(time.Duration(f.taken.Add(1)) * time.Second), PhotoSum: sum,
		PhotoSig: binary.BigEndian.Uint64(sum[:]) | 1<<63, PhotoFlip: binary.BigEndian.Uint64(sum[8:]) | 1<<63,
		Recognised: game.Recognised{
			Verdict: game.Certain, Species: s.ID, Confidence: 0.1 + 0.2,
			Candidates: []game.Candidate{{Species: s.ID, Confidence: 0.1 + 0.2}, {Species: f.species(5).ID, Confidence: 1e-9}},
			Box:        &game.Box{X: 1, Y: 2, Width: 3, Height: 4}, Why: game.Reason{Code: "clear", Values: map[string]string{"n": "1"}}, Model: "lite2",
		},
	}
}

func (f *fixture) record(c game.Capture) (store.Answer, bool) {
	f.t.Helper()
	got, fresh, err := f.Record(f.t.Context(), f.zoo(), c)
	if err != nil {
		f.t.Fatal(err)
	}
	return got, fresh
}

func (f *fixture) collection(v game.VisitorID) (map[game.SpeciesID]game.Sighted, int) {
	f.t.Helper()
	seen, points, err := f.Collection(f.t.Context(), v)
	if err != nil {
		f.t.Fatal(err)
	}
	return seen, points
}

func (f *fixture) sql(statement string, args ...any) {
	f.t.Helper()
	if err := f.db.Gorm().Exec(statement, args...).Error; err != nil {
		f.t.Fatalf("%s: %v", statement, err)
	}
}

func (f *fixture) count(query string, args ...any) int {
	f.t.Helper()
	var n int
	if err := f.db.Gorm().Raw(query, args...).Scan(&n).Error; err != nil {
		f.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// atOnce runs f n times at the same moment and waits for all.
func atOnce(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}
