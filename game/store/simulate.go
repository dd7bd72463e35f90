package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// Simulate fills a zoo that has no visitors yet with so many, who came in the
// last three years, each for a few visits of a handful of animals, alone, as
// families or with their class. What they earned follows from their captures by
// the rules. The same seed at the same time makes the same zoo. Progress is
// told how many are done.
func (s *Store) Simulate(ctx context.Context, visitors int, seed uint64, progress func(done int)) error {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return err
	}
	referee, err := zoo.referee()
	if err != nil {
		return err
	}
	var taken bool
	if err := s.read(ctx).Raw("SELECT EXISTS (SELECT FROM visitors)").Scan(&taken).Error; err != nil {
		return fmt.Errorf("look for visitors: %w", err)
	}
	if taken {
		return errors.New("there are visitors in this zoo: simulated ones would mix with them, so use another database")
	}
	sim := newSimulation(referee, zoo.Species, s.now(), visitors, seed)
	for first := 0; first < visitors; first += crowd {
		last := min(first+crowd, visitors)
		if err := s.admit(ctx, sim.crowd(first, last)); err != nil {
			return fmt.Errorf("simulate visitors: %w", err)
		}
		progress(last)
	}
	return s.recount(ctx)
}

// crowd is how many visitors are simulated and written at once. No group
// reaches over its end.
const crowd = 5000

// simulation draws visitors.
type simulation struct {
	referee  *game.Referee
	species  []game.Species // on display, each as often as it is met
	zoo      []game.Species
	from, to time.Time
	visitors int
	seed     uint64
	boards   map[game.Date][]game.Board
}

func newSimulation(referee *game.Referee, zoo []game.Species, now time.Time, visitors int, seed uint64) *simulation {
	sim := &simulation{referee: referee, zoo: zoo, from: now.AddDate(-3, 0, 0), to: now, visitors: visitors, seed: seed, boards: map[game.Date][]game.Board{}}
	for _, s := range zoo {
		for range [...]int{0, 8, 5, 3, 2, 1}[s.Rarity] {
			if s.OnDisplay {
				sim.species = append(sim.species, s)
			}
		}
	}
	return sim
}

// rows are what a crowd leaves in the database, by table.
type rows map[string][][]any

var simulatedTables = []struct{ table, columns string }{
	{"visitors", "id nickname pass_code_hash created_at listed"},
	{"captures", "visitor_id id at created_at photo_sum photo_sig outcome species_id recognised model progress counted"},
	{"prints", "visitor_id capture_id band species_id at sig"},
	{"tallies", "visitor_id basis tally"},
	{"ledger", "visitor_id capture_id reason points created_at key at"},
	{"scores", "id board points reached listed"},
	{"groups", "id kind name code code_at created_at"},
	{"memberships", "id group_id visitor_id joined_at"},
	{"group_moves", "group_id"},
}

// crowd draws the visitors from one number to another.
func (sim *simulation) crowd(first, last int) rows {
	out := rows{}
	left := 0 // of the group that is being filled
	var group string
	for i := first; i < last; i++ {
		r := rand.New(rand.NewPCG(sim.seed, uint64(i)))
		since := sim.from.Add(time.Duration(float64(sim.to.Sub(sim.from)) * float64(i) / float64(sim.visitors)))
		id := simulatedID(since, r)
		if left == 0 && last-i > 30 {
			switch n := r.IntN(1000); {
			case n < 2: // a class
				left = 20 + r.IntN(10)
			case n < 150: // a family
				left = 2 + r.IntN(4)
			}
			if left > 0 {
				group = simulatedID(since, r)
				kind := game.FamilyGroup
				if left > 10 {
					kind = game.ClassGroup
				}
				// A code that nobody can type, so that it opens nothing.
				out.add("groups", group, string(kind), game.NewNickname(game.English, r), "simulated "+group, since, since)
				out.add("group_moves", group)
			}
		}
		if left > 0 {
			left--
			out.add("memberships", simulatedID(since, r), group, id, since)
		}
		sim.visitor(out, id, since, r)
	}
	return out
}

func (out rows) add(table string, values ...any) { out[table] = append(out[table], values) }

func simulatedID(at time.Time, r *rand.Rand) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16|0x7000|r.Uint64()&0xfff)
	binary.BigEndian.PutUint64(id[8:], 1<<63|r.Uint64()>>2)
	return id.String()
}

func (sim *simulation) visitor(out rows, id string, since time.Time, r *rand.Rand) {
	listed := r.IntN(10) < 7
	var pass [32]byte
	for i := range pass {
		pass[i] = byte(r.Uint32())
	}
	out.add("visitors", id, game.NewNickname(game.Languages[r.IntN(3)], r), pass[:], since, listed)

	zone := sim.referee.Zone()
	var history []game.Taken
	for day := game.DateOf(since, zone); ; day = day.Plus(1 + r.IntN(200)) {
		at := day.Start(zone).Add(9*time.Hour + time.Duration(r.IntN(5*3600))*time.Second)
		for range 3 + r.IntN(5) {
			at = at.Add(time.Duration(4*60+r.IntN(20*60)) * time.Second)
			if at.After(sim.to) {
				break
			}
			t := game.Taken{ID: game.CaptureID(simulatedID(at, r)), At: at.UTC().Truncate(time.Second), Verdict: game.Certain}
			switch n := r.IntN(20); {
			case n < 2:
				t.Verdict = game.Undecided
			case n < 3:
				t.Verdict = game.NoAnimal
			default:
				t.Species = sim.species[r.IntN(len(sim.species))].ID
			}
			history = append(history, t)
		}
		if at.After(sim.to) || r.IntN(10) < 6 {
			break
		}
	}

	state, tally := sim.referee.Tally(history)
	out.add("tallies", id, sim.referee.Basis(), tally)
	recent := sim.to.AddDate(-1, 0, 0) // copies of anything older are not looked for
	for i, ruling := range state.Rulings {
		var species any
		if ruling.Species != "" {
			species = string(ruling.Species)
		}
		sum := make([]byte, 32)
		copy(sum, history[i].ID)
		sig := r.Uint64()
		out.add("captures", id, string(ruling.Capture), ruling.At, ruling.At, sum, int64(sig), string(ruling.Outcome), species,
			`{"confidence":0.9,"why":{"code":"clear"},"verdict":"`+string(history[i].Verdict)+`"}`, "simulated", `{"caught":0,"total":0,"points":0}`, true)
		if species != nil && ruling.At.After(recent) {
			for _, band := range game.Bands(sig) {
				out.add("prints", id, string(ruling.Capture), band, species, ruling.At, int64(sig))
			}
		}
	}
	scores := map[string]game.Score{}
	for _, l := range state.Lines {
		out.add("ledger", id, string(l.Capture), string(l.Reason), l.Points, l.At, l.Key, l.At)
		for _, b := range sim.boardsAt(l.At) {
			sc := scores[b.Key]
			sc.Points += l.Points
			if l.At.After(sc.Reached) {
				sc.Reached = l.At
			}
			scores[b.Key] = sc
		}
	}
	for key, sc := range scores {
		out.add("scores", id, string(Visitors)+" "+key, sc.Points, sc.Reached, listed)
	}
}

func (sim *simulation) boardsAt(at time.Time) []game.Board {
	zone := sim.referee.Zone()
	day := game.DateOf(at, zone)
	boards, known := sim.boards[day]
	if !known {
		boards = sim.referee.Rules().Calendar.Boards(at, zone)
		sim.boards[day] = boards
	}
	return boards
}

// admit writes a crowd.
func (s *Store) admit(ctx context.Context, crowd rows) error {
	pool, err := s.db.DB()
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		return pgx.BeginFunc(ctx, driver.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error {
			// What is written refers to nothing but itself; where we may, we do not
			// have millions of references checked.
			var may bool
			if err := tx.QueryRow(ctx, "SELECT current_setting('is_superuser') = 'on'").Scan(&may); err != nil {
				return err
			}
			if may {
				if _, err := tx.Exec(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
					return err
				}
			}
			for _, t := range simulatedTables {
				if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.table}, strings.Fields(t.columns), pgx.CopyFromRows(crowd[t.table])); err != nil {
					return fmt.Errorf("%s: %w", t.table, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.write(ctx, s.foldGroups)
}

// recount makes the histograms anew from the scores, and counts the catches
// and visits of the zoo. Captures wait meanwhile.
func (s *Store) recount(ctx context.Context) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		for _, statement := range []string{
			fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", foldLock),
			"LOCK TABLE score_moves IN EXCLUSIVE MODE",
			"DELETE FROM score_counts",
			"INSERT INTO score_counts SELECT board, 0, points, count(*) FROM scores WHERE listed AND points > 0 GROUP BY board, points ORDER BY board, points",
			"INSERT INTO score_counts SELECT board, upper, bucket >> (4 * upper), sum(n) FROM score_counts, generate_series(1, 3) AS upper GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
			"TRUNCATE score_moves",
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return s.recountCounts(tx)
	})
	if err == nil {
		err = s.read(ctx).Exec("VACUUM ANALYZE scores, score_counts, score_moves, group_moves, catches, catch_moves, visit_days, visit_hours, catch_months, visit_moves, visitors, ledger, tallies, captures, prints, memberships, groups").Error
	}
	if err != nil {
		return fmt.Errorf("count who stands where: %w", err)
	}
	return nil
}
