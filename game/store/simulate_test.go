package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/migrations"
)

func TestASimulatedZooHoldsTogether(t *testing.T) {
	t.Parallel()
	st := newStands(t)
	var told []int
	st.must(st.Simulate(t.Context(), 200, 7, func(done int) { told = append(told, done) }))
	if !slices.Equal(told, []int{200}) {
		t.Errorf("told %v", told)
	}
	if err := st.Simulate(t.Context(), 1, 7, func(int) {}); err == nil || !strings.Contains(err.Error(), "another database") {
		t.Errorf("in a zoo with visitors: got %v", err)
	}
	page, err := st.Top(t.Context(), Visitors, st.board(game.Ever), 1000)
	st.must(err)
	if page.Total < 100 || page.Total != len(page.Standings) {
		t.Errorf("%d in all, %d on the page", page.Total, len(page.Standings))
	}
	for i, s := range page.Standings {
		lines, err := ledgerOf(st.db, game.VisitorID(s.ID))
		st.must(err)
		if want := game.ScoreOf(s.ID, lines, game.Span{}); want.Compare(s.Score) != 0 || s.Rank > i+1 {
			t.Fatalf("got %+v, want %+v", s, want)
		}
	}

	other := newStands(t)
	other.must(other.Simulate(t.Context(), 200, 7, func(int) {}))
	if got, want := other.top(Groups, other.board(game.Ever)), st.top(Groups, st.board(game.Ever)); got != want || want == "" {
		t.Errorf("the same seed again:\n%s\nwant\n%s", got, want)
	}
}

func TestTheBoardsAreVerifiedAndRepaired(t *testing.T) {
	t.Parallel()
	st := newStands(t)
	st.must(st.Simulate(t.Context(), 300, 3, func(int) {}))
	silent := func(int, int) {}
	differences := func() int {
		t.Helper()
		found, err := st.VerifyBoards(t.Context(), silent)
		st.must(err)
		return len(found)
	}
	if found, err := st.Verify(t.Context(), silent); err != nil || len(found) > 0 {
		t.Errorf("the ledgers of a simulated zoo: got %v, %v", found, err)
	}
	ever := st.board(game.Ever)
	visitors, groups := st.top(Visitors, ever), st.top(Groups, ever)
	if n := differences(); n != 0 {
		t.Errorf("%d differences in a sound zoo", n)
	}
	for _, harm := range []string{
		"UPDATE scores SET points = points + 5 WHERE id = (SELECT id FROM scores WHERE board = 'visitors ever' AND listed AND points > 0 LIMIT 1)",
		"DELETE FROM scores WHERE id = (SELECT id FROM scores WHERE board = 'visitors ever' AND listed AND points > 0 ORDER BY id DESC LIMIT 1)",
		"UPDATE scores SET listed = NOT listed WHERE id = (SELECT id FROM visitors ORDER BY id LIMIT 1)",
		"INSERT INTO scores VALUES (gen_random_uuid(), 'visitors ever', 7, now(), true)",
		"UPDATE score_counts SET n = n + 1 WHERE board = 'visitors ever' AND level = 1",
		"INSERT INTO score_moves VALUES ('visitors ever', 3, 4)",
	} {
		st.must(st.db.Exec(harm).Error)
		if differences() == 0 {
			t.Errorf("nothing found after %s", harm)
		}
		if found, err := st.RepairBoards(t.Context(), silent); err != nil || len(found) == 0 {
			t.Errorf("repair after %s: %v, %v", harm, found, err)
		}
		if n := differences(); n != 0 || st.top(Visitors, ever) != visitors || st.top(Groups, ever) != groups {
			t.Errorf("after repair of %s: %d differences, or the boards have changed", harm, n)
		}
	}
}

// simulated is a store over a new zoo with so many visitors.
func simulated(b testing.TB, visitors int) *Store {
	b.Helper()
	s := New(databasetest.Open(b, migrations.FS).Gorm(), time.Now)
	zoo, err := catalogue.Load()
	if err == nil {
		_, err = s.Found(b.Context(), zoo)
	}
	if err == nil {
		err = giveRules(b.Context(), s)
	}
	if err == nil {
		err = s.Simulate(b.Context(), visitors, 1, func(int) {})
	}
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// zoos runs a benchmark in zoos of 1,000 and 100,000 visitors, and in the one
// that was simulated in the data folder $ZOODEX_BENCH_DATA.
func zoos(b *testing.B, run func(*testing.B, *Store)) {
	b.Run("visitors=1000", func(b *testing.B) { run(b, simulated(b, 1000)) })
	b.Run("visitors=100000", func(b *testing.B) { run(b, simulated(b, 100_000)) })
	if folder := os.Getenv("ZOODEX_BENCH_DATA"); folder != "" {
		db, err := database.Open(b.Context(), database.Options{Folder: folder})
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		b.Run("given", func(b *testing.B) { run(b, New(db.Gorm(), time.Now)) })
	}
}

// timed runs f again and again and reports how long it takes.
func timed(b *testing.B, f func(i int) error) {
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		if err := f(i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkStandings reads boards.
func BenchmarkStandings(b *testing.B) { zoos(b, benchmarkStandings) }

// BenchmarkCaptures looks for copies of photos, and records captures of
// visitors who have been there before, without recognition.
func BenchmarkCaptures(b *testing.B) { zoos(b, benchmarkCaptures) }

func benchmarkCaptures(b *testing.B, s *Store) {
	ctx := b.Context()
	var ids []game.VisitorID
	if err := s.db.Raw("SELECT visitor_id FROM tallies ORDER BY md5(visitor_id::text) LIMIT 2000").Scan(&ids).Error; err != nil {
		b.Fatal(err)
	}
	zoo, err := s.Zoo(ctx)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	taken := func(i int) game.Capture {
		species := zoo.Species[r.IntN(len(zoo.Species))].ID
		c := game.Capture{ID: game.CaptureID(uuid.NewString()), Visitor: ids[i%len(ids)], At: s.now(), PhotoSig: r.Uint64(), PhotoFlip: r.Uint64(),
			Recognised: game.Recognised{Verdict: game.Certain, Species: species, Confidence: 0.9, Candidates: []game.Candidate{{Species: species, Confidence: 0.9}}}}
		binary.BigEndian.PutUint64(c.PhotoSum[:], r.Uint64())
		return c
	}
	var prints int
	if err := s.db.Raw("SELECT count(*) / 6 FROM prints").Scan(&prints).Error; err != nil {
		b.Fatal(err)
	}
	b.Run(fmt.Sprintf("copies,prints=%d", prints), func(b *testing.B) {
		timed(b, func(i int) error {
			_, err := copied(s.db.WithContext(ctx), zoo.Referee, taken(i))
			return err
		})
	})
	b.Run("record", func(b *testing.B) {
		timed(b, func(i int) error {
			_, _, err := s.Record(ctx, zoo, taken(i))
			return err
		})
	})
}

func benchmarkStandings(b *testing.B, s *Store) {
	ctx := b.Context()
	board := game.Board{Key: "ever"}
	var ids []string
	if err := s.db.Raw("SELECT id::text FROM scores WHERE board = 'visitors ever' AND points > 0 ORDER BY md5(id::text) LIMIT 2000").Scan(&ids).Error; err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		read func(id string) (Page, error)
	}{
		{"top100", func(string) (Page, error) { return s.Top(ctx, Visitors, board, 100) }},
		{"rank", func(id string) (Page, error) { return s.Around(ctx, Visitors, board, id, 0) }},
		{"around5", func(id string) (Page, error) { return s.Around(ctx, Visitors, board, id, 5) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			total := 0
			timed(b, func(i int) error {
				page, err := c.read(ids[i%len(ids)])
				total = page.Total
				return err
			})
			b.ReportMetric(float64(total), "listed")
		})
	}
}

// TestBoardsAreReadByTheirIndexes reads the plans of everything that is asked
// of the big tables.
func TestBoardsAreReadByTheirIndexes(t *testing.T) {
	t.Parallel()
	s := simulated(t, 3000)
	var id string
	if err := s.db.Raw("SELECT id::text FROM scores WHERE board = 'visitors ever' AND listed ORDER BY points LIMIT 1").Scan(&id).Error; err != nil {
		t.Fatal(err)
	}
	values := map[string]any{"board": "visitors ever", "points": 100, "reached": time.Unix(0, 0), "id": id, "n": 100, "visitor": id}
	sighted := struct {
		SpeciesID string
		Sig       int64
	}{}
	if err := s.db.Raw("SELECT species_id::text, sig FROM prints LIMIT 1").Scan(&sighted).Error; err != nil {
		t.Fatal(err)
	}
	keys := game.Bands(uint64(sighted.Sig))
	bands := integers(keys[:])
	for _, c := range []struct {
		name, query string
		args        []any
		want        []string
	}{
		{"after", pageOf(Visitors, afterSQL), []any{values}, []string{"scores_by_place"}},
		{"around", pageOf(Visitors, aroundSQL), []any{values}, []string{"scores_by_place", "Scan Backward using scores_by_place", "scores_pkey"}},
		{"after, of groups", pageOf(Groups, afterSQL), []any{values}, []string{"scores_by_place"}},
		{"the ledgers of a group", firstsSQL, []any{words{id}}, []string{"memberships", "ledger_by_visitor"}},
		{"what went before a capture", pastSQL, []any{values}, []string{"captures_pkey", "tallies_pkey", "memberships_by_visitor"}},
		{"the copies of a photo", copiesSQL, []any{words{sighted.SpeciesID}, bands, time.Unix(0, 0), sighted.Sig, 5, sighted.Sig, 5, id, time.Unix(0, 0), time.Unix(0, 0)},
			[]string{"Index Only Scan using prints_by_band"}},
		{"captures that were decided upon", decisionsSQL(Decisions{After: DecidedPlace{Capture: "x"}}),
			[]any{map[string]any{"arrived": time.Now(), "visitor": id, "capture": id, "limit": 50}}, []string{"captures_decided"}},
		{"captures that nobody decided upon", decisionsSQL(Decisions{As: AsUnsure}), []any{map[string]any{"limit": 50}}, []string{"captures_unsure"}},
		{"captures that were withdrawn", decisionsSQL(Decisions{As: AsWithdrawn}), []any{map[string]any{"limit": 50}}, []string{"captures_withdrawn"}},
		{"the catches of some days", catchesBetweenSQL, []any{catchesBetween(game.Date{Year: 2026, Month: 5, Day: 20}, game.Date{Year: 2026, Month: 5, Day: 22})}, []string{"catches_pkey"}},
		{"the captures of a nickname", decisionsSQL(Decisions{Nickname: "x"}), []any{map[string]any{"nickname": "Brave Otter 42", "limit": 50}}, []string{"visitors_by_nickname", "captures"}},
		{"whether anybody is to be recomputed", behindSQL, []any{0, 1}, []string{"tallies_by_basis"}},
		{"whom to recompute", lockBehindSQL, []any{0, 1 << 60, 50}, []string{"tallies_by_basis", "visitors_pkey"}},
	} {
		var lines []string
		if err := s.db.Raw("EXPLAIN "+c.query, c.args...).Scan(&lines).Error; err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		plan := strings.Join(lines, "\n")
		for _, want := range c.want {
			if !strings.Contains(plan, want) {
				t.Errorf("%s: the plan has no %s:\n%s", c.name, want, plan)
			}
		}
		for _, table := range []string{"scores", "ledger", "visitors", "memberships", "captures", "prints", "tallies"} {
			if strings.Contains(plan, "Seq Scan on "+table) {
				t.Errorf("%s: the plan reads all of %s:\n%s", c.name, table, plan)
			}
		}
	}
}
