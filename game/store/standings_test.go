package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/rules"
	"github.com/zoodex/zoodex/migrations"
	"gorm.io/gorm"
	"pgregory.net/rapid"
)

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

func local(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// stands is a store whose boards a test moves by hand: its visitors earn what
// the test says, by ledger lines as captures write them.
type stands struct {
	*Store
	t   testing.TB
	now time.Time
	zoo []game.Species
}

func newStands(t testing.TB) *stands {
	t.Helper()
	st := &stands{t: t, now: local("2026-07-01 09:00")}
	st.Store = New(databasetest.Open(t, migrations.FS).Gorm(), func() time.Time { return st.now })
	var zoo []game.Species
	for i := range 5 {
		n := strconv.Itoa(i + 1)
		zoo = append(zoo, game.Species{Number: i + 1, Slug: game.Slug("s-" + n), ScientificName: "S " + n, Class: "Mammalia", Order: "O", Family: "F", Group: "bear",
			Conservation: game.Vulnerable, Continents: []game.Continent{game.Asia}, Activity: game.Day, Rarity: i + 1, Art: "a", OnDisplay: true})
	}
	if _, err := st.Found(t.Context(), zoo); err != nil {
		t.Fatal(err)
	}
	st.must(giveRules(t.Context(), st.Store))
	read, err := st.Zoo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	st.zoo = read.Species
	return st
}

func giveRules(ctx context.Context, s *Store) error {
	r, err := rules.Load()
	if err != nil {
		return err
	}
	return s.FoundRules(ctx, r, berlin)
}

func (st *stands) must(err error) {
	st.t.Helper()
	if err != nil {
		st.t.Fatal(err)
	}
}

func (st *stands) do(f func(tx *gorm.DB) error) {
	st.t.Helper()
	st.must(st.write(st.t.Context(), f))
}

// visitor makes one with a capture to hang ledger lines on.
func (st *stands) visitor(name string) game.VisitorID {
	st.t.Helper()
	v, err := st.Welcome(st.t.Context(), name, game.NewToken(), game.NewPassCode())
	st.must(err)
	st.must(st.db.Exec(`INSERT INTO captures (visitor_id, id, at, created_at, photo_sum, photo_sig, outcome, recognised, model, progress)
		VALUES (?, ?, now(), now(), '', 0, 'nothing', '{}', '', '{}')`, string(v.ID), string(v.ID)).Error)
	return v.ID
}

func (st *stands) group(members ...game.VisitorID) GroupID {
	st.t.Helper()
	id, err := newID()
	st.must(err)
	st.must(st.db.Exec("INSERT INTO groups (id, kind, name, code, code_at, created_at) VALUES (?, 'family', ?, ?, now(), now())", id, "Group "+id[30:], id).Error)
	for _, m := range members {
		st.join(m, GroupID(id))
	}
	return GroupID(id)
}

func (st *stands) join(v game.VisitorID, g GroupID) {
	st.t.Helper()
	st.do(func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO memberships (id, group_id, visitor_id, joined_at) VALUES (?, ?, ?, now())", uuid.NewString(), string(g), string(v)).Error; err != nil {
			return err
		}
		return st.joined(tx, v, g)
	})
}

func (st *stands) leave(v game.VisitorID, g GroupID) {
	st.t.Helper()
	st.do(func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM memberships WHERE group_id = ? AND visitor_id = ?", string(g), string(v)).Error; err != nil {
			return err
		}
		return st.left(tx, v, g)
	})
}

// earn appends lines to a ledger, as a capture does.
func (st *stands) earn(ctx context.Context, v game.VisitorID, groups []GroupID, lines ...game.Line) error {
	return st.write(ctx, func(tx *gorm.DB) error {
		var id string
		if err := tx.Raw("SELECT id FROM visitors WHERE id = ? FOR UPDATE", string(v)).Scan(&id).Error; err != nil {
			return err
		}
		for _, l := range lines {
			if err := tx.Exec("INSERT INTO ledger (visitor_id, capture_id, reason, key, points, at, created_at) VALUES (?, ?, ?, ?, ?, ?, now())",
				string(v), string(l.Capture), string(l.Reason), l.Key, l.Points, l.At).Error; err != nil {
				return err
			}
		}
		referee, err := st.referee(tx)
		if err != nil {
			return err
		}
		return st.moved(tx, referee, v, idsOf(groups), lines)
	})
}

func (st *stands) gain(v game.VisitorID, points int, at time.Time, groups ...GroupID) {
	st.t.Helper()
	st.must(st.earn(st.t.Context(), v, groups, game.Line{Capture: game.CaptureID(v), Reason: game.ForVisit, Key: at.String(), Points: points, At: at}))
}

func (st *stands) list(yes bool, visitors ...game.VisitorID) {
	st.t.Helper()
	for _, v := range visitors {
		st.do(func(tx *gorm.DB) error { return st.listed(tx, v, yes) })
	}
}

func (st *stands) erase(v game.VisitorID) {
	st.t.Helper()
	st.do(func(tx *gorm.DB) error {
		if err := st.gone(tx, v); err != nil {
			return err
		}
		return tx.Exec("DELETE FROM visitors WHERE id = ?", string(v)).Error
	})
}

func (st *stands) board(p game.Period) game.Board {
	st.t.Helper()
	b, err := st.Board(st.t.Context(), p)
	st.must(err)
	return b
}

// told tells a page as a person would read it: "1 Ann 30".
func told(p Page) string {
	var lines []string
	for _, s := range p.Standings {
		lines = append(lines, fmt.Sprintf("%d %s %d", s.Rank, s.Name, s.Points))
	}
	return strings.Join(lines, ", ")
}

func (st *stands) top(who Who, b game.Board) string {
	st.t.Helper()
	page, err := st.Top(st.t.Context(), who, b, 100)
	st.must(err)
	return told(page)
}

func TestWhoStandsWhere(t *testing.T) {
	t.Parallel()
	st := newStands(t)
	ann, bob, cat, dan, shy := st.visitor("Ann"), st.visitor("Bob"), st.visitor("Cat"), st.visitor("Dan"), st.visitor("Shy")
	st.list(true, ann, bob, cat, dan)
	st.gain(cat, 30, local("2026-07-01 10:05"))
	st.gain(bob, 30, local("2026-07-01 10:02"))
	st.gain(ann, 50, local("2026-07-01 10:09"))
	st.gain(dan, 10, local("2026-07-01 10:01"))
	st.gain(shy, 40, local("2026-07-01 10:01"))
	today := st.board(game.Today)

	for range 2 { // before and after the moves are folded
		if got, want := st.top(Visitors, today), "1 Ann 50, 2 Bob 30, 2 Cat 30, 4 Dan 10"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		page, err := st.Around(t.Context(), Visitors, today, string(shy), 1)
		if err != nil || page.Mine.Rank != 2 || page.Mine.Points != 40 || page.Listed || told(page) != "1 Ann 50, 2 Bob 30" {
			t.Errorf("around who did not say yes: got %+v, %v", page, err)
		}
		page, err = st.Around(t.Context(), Visitors, today, string(cat), 1)
		if err != nil || page.Mine.Rank != 2 || !page.Listed || told(page) != "2 Bob 30, 2 Cat 30, 4 Dan 10" {
			t.Errorf("around Cat: got %+v, %v", page, err)
		}
		st.must(st.Fold(t.Context()))
	}

	st.erase(bob)
	if got, want := st.top(Visitors, today), "1 Ann 50, 2 Cat 30, 3 Dan 10"; got != want {
		t.Errorf("after Bob has left: got %q, want %q", got, want)
	}
	st.list(true, shy)
	st.list(false, ann)
	if got, want := st.top(Visitors, today), "1 Shy 40, 2 Cat 30, 3 Dan 10"; got != want {
		t.Errorf("after Shy said yes and Ann no: got %q, want %q", got, want)
	}
	page, err := st.Around(t.Context(), Visitors, today, uuid.NewString(), 2)
	if err != nil || page.Mine.Rank != 4 || told(page) != "2 Cat 30, 3 Dan 10" || page.Total != 3 {
		t.Errorf("around who is new: got %+v, %v", page, err)
	}
}

func TestABoardCoversItsTime(t *testing.T) {
	t.Parallel()
	st := newStands(t)
	ann := st.visitor("Ann")
	st.list(true, ann)
	// The clocks of Berlin go forward on Sunday the 29th of March 2026, and back
	// on the 25th of October: days of 23 and 25 hours.
	for _, g := range []struct {
		points int
		at     string
	}{{1, "2026-03-22 23:59"}, {2, "2026-03-28 23:59"}, {4, "2026-03-29 00:00"}, {8, "2026-03-29 23:59"}, {16, "2026-03-30 00:00"},
		{32, "2026-10-25 00:00"}, {64, "2026-10-25 23:59"}, {128, "2026-10-26 00:00"}, {256, "2026-12-24 12:00"}} {
		st.gain(ann, g.points, local(g.at))
	}
	for _, c := range []struct {
		now    string
		period game.Period
		want   int
	}{
		{"2026-03-29 12:00", game.Today, 12}, {"2026-03-29 12:00", game.ThisWeek, 14}, {"2026-03-30 00:00", game.Today, 16}, {"2026-03-30 00:00", game.ThisWeek, 16},
		{"2026-10-25 01:00", game.Today, 96}, {"2026-10-25 23:59", game.ThisWeek, 96}, {"2026-10-26 00:00", game.Today, 128},
		{"2026-07-01 12:00", game.Today, 0}, {"2026-07-01 12:00", game.ThisSeason, 255}, {"2026-12-24 12:00", game.Ever, 511},
	} {
		st.now = local(c.now)
		want := ""
		if c.want > 0 {
			want = fmt.Sprintf("1 Ann %d", c.want)
		}
		if got := st.top(Visitors, st.board(c.period)); got != want {
			t.Errorf("%s at %s: got %q, want %q", c.period, c.now, got, want)
		}
	}
	if _, err := st.Board(t.Context(), game.ThisSeason); !errors.Is(err, game.ErrNoSeason) {
		t.Errorf("in December: got %v", err)
	}
	st.now = local("2027-07-01 12:00")
	season, err := st.Season(t.Context(), "2026")
	st.must(err)
	if got := st.top(Visitors, season); got != "1 Ann 255" {
		t.Errorf("last season: got %q", got)
	}
	if got := st.top(Visitors, st.board(game.ThisSeason)); got != "" {
		t.Errorf("a new season: got %q", got)
	}
	if _, err := st.Season(t.Context(), "the good old days"); !errors.Is(err, game.ErrNoSeason) {
		t.Errorf("no season: got %v", err)
	}
	if _, err := st.Board(t.Context(), "year"); !errors.Is(err, game.ErrPeriod) {
		t.Errorf("no period: got %v", err)
	}
}

// modelled is what a naive program would keep of a visitor.
type modelled struct {
	id     game.VisitorID
	lines  []game.Line
	listed bool
	groups []GroupID
}

// TestTheBoardsStandAsTheRulesSay runs random histories against game.Standings.
func TestTheBoardsStandAsTheRulesSay(t *testing.T) {
	t.Parallel()
	st := newStands(t)
	steps := 0
	rapid.Check(t, func(rt *rapid.T) { steps += randomStandings(rt, st) })
	t.Logf("%d steps", steps)
}

func randomStandings(rt *rapid.T, st *stands) (steps int) {
	ctx := st.t.Context()
	var visitors []*modelled
	var groups []GroupID
	rarity := map[string]int{}
	for _, s := range st.zoo {
		rarity[string(s.ID)] = s.Rarity
	}
	referee, err := st.referee(st.db)
	st.must(err)
	times := []time.Time{local("2026-03-28 23:30"), local("2026-03-29 00:00"), local("2026-03-29 23:59"), local("2026-03-30 09:00"), local("2026-12-01 09:00"), local("2026-06-30 10:00"), local("2026-06-30 10:01")}
	some := func() *modelled {
		if len(visitors) == 0 {
			rt.Skip("nobody is here")
		}
		return rapid.SampledFrom(visitors).Draw(rt, "visitor")
	}
	boards := map[string]game.Board{}
	for _, at := range times {
		for _, b := range referee.Rules().Calendar.Boards(at, berlin) {
			boards[b.Key] = b
		}
	}
	keys := make([]string, 0, len(boards))
	for k := range boards {
		keys = append(keys, k)
	}
	slices.Sort(keys)

	expected := func(who Who, b game.Board) (game.Standings, map[string]game.Score) {
		all := map[string]game.Score{}
		var scores []game.Score
		if who == Visitors {
			for _, v := range visitors {
				all[string(v.id)] = game.ScoreOf(string(v.id), v.lines, b.Span)
				if v.listed {
					scores = append(scores, all[string(v.id)])
				}
			}
			return game.Rank(scores), all
		}
		for _, g := range groups {
			firsts := map[string]time.Time{}
			for _, v := range visitors {
				if !slices.Contains(v.groups, g) {
					continue
				}
				for _, l := range game.Net(v.lines) {
					if (l.Reason == game.ForCatch || l.Reason == game.ForAgain) && b.Contains(l.At) {
						if first, seen := firsts[l.Key]; !seen || l.At.Before(first) {
							firsts[l.Key] = l.At
						}
					}
				}
			}
			score := game.Score{ID: string(g)}
			for species, first := range firsts {
				score.Points += referee.Rules().Points.Catch[rarity[species]]
				if first.After(score.Reached) {
					score.Reached = first
				}
			}
			all[score.ID] = score
			scores = append(scores, score)
		}
		return game.Rank(scores), all
	}
	same := func(what string, page Page, err error, want game.Standings, total int) {
		if err != nil {
			rt.Fatal(err)
		}
		got := game.Standings{}
		for _, s := range page.Standings {
			got = append(got, s.Placed)
		}
		if len(got) != len(want) || len(got) > 0 && !slices.EqualFunc(got, want, func(a, b game.Placed) bool { return a.Rank == b.Rank && a.Score.Compare(b.Score) == 0 }) || page.Total != total {
			rt.Fatalf("%s: got %d in all,\n%v\nwant %d,\n%v", what, page.Total, got, total, want)
		}
	}

	rt.Repeat(map[string]func(*rapid.T){
		"welcome": func(*rapid.T) { visitors = append(visitors, &modelled{id: st.visitor("Somebody")}) },
		"earn": func(*rapid.T) {
			v := some()
			var lines []game.Line
			for range rapid.IntRange(1, 3).Draw(rt, "lines") {
				lines = append(lines, game.Line{
					Capture: game.CaptureID(v.id), Reason: rapid.SampledFrom([]game.LineReason{game.ForCatch, game.ForAgain, game.ForVisit, game.ForQuiz}).Draw(rt, "reason"),
					Key: string(rapid.SampledFrom(st.zoo).Draw(rt, "species").ID), Points: rapid.SampledFrom([]int{1, 2, 63, 64, 4095, 4096}).Draw(rt, "points"),
					At: rapid.SampledFrom(times).Draw(rt, "at")})
			}
			st.must(st.earn(ctx, v.id, v.groups, lines...))
			v.lines = append(v.lines, lines...)
		},
		"take back": func(*rapid.T) {
			v := some()
			net := game.Net(v.lines)
			if len(net) == 0 {
				rt.Skip("nothing to take back")
			}
			l := rapid.SampledFrom(net).Draw(rt, "line")
			l.Points = -l.Points
			st.must(st.earn(ctx, v.id, v.groups, l))
			v.lines = append(v.lines, l)
		},
		"list": func(*rapid.T) {
			v := some()
			v.listed = rapid.Bool().Draw(rt, "yes")
			st.list(v.listed, v.id)
		},
		"erase": func(*rapid.T) {
			v := some()
			st.erase(v.id)
			visitors = slices.DeleteFunc(visitors, func(o *modelled) bool { return o == v })
		},
		"found": func(*rapid.T) { groups = append(groups, st.group()) },
		"join or leave": func(*rapid.T) {
			v := some()
			if len(groups) == 0 {
				rt.Skip("no groups")
			}
			g := rapid.SampledFrom(groups).Draw(rt, "group")
			if i := slices.Index(v.groups, g); i >= 0 {
				st.leave(v.id, g)
				v.groups = slices.Delete(v.groups, i, i+1)
			} else {
				st.join(v.id, g)
				v.groups = append(v.groups, g)
			}
		},
		"fold": func(*rapid.T) { st.must(st.Fold(ctx)) },
		"": func(*rapid.T) {
			steps++
			who := rapid.SampledFrom([]Who{Visitors, Groups}).Draw(rt, "who")
			b := boards[rapid.SampledFrom(keys).Draw(rt, "board")]
			want, all := expected(who, b)
			n := rapid.IntRange(1, 4).Draw(rt, "n")
			page, err := st.Top(ctx, who, b, n)
			same("top", page, err, want.Top(n), len(want))
			for id, score := range all {
				page, err := st.Around(ctx, who, b, id, n)
				same("around "+id, page, err, want.Around(score, n), len(want))
				if page.Mine.Rank != want.RankOf(score.Points) || page.Mine.Points != score.Points {
					rt.Fatalf("%+v on %s: got %+v, want rank %d", score, b.Key, page.Mine, want.RankOf(score.Points))
				}
				page, err = st.After(ctx, who, b, score, n)
				same("after "+id, page, err, want.After(score, n), len(want))
			}
		},
	})
	for _, v := range visitors {
		st.erase(v.id)
	}
	for _, g := range groups {
		st.do(func(tx *gorm.DB) error {
			if err := st.disbanded(tx, g); err != nil {
				return err
			}
			return tx.Exec("DELETE FROM groups WHERE id = ?", string(g)).Error
		})
	}
	return steps
}

func TestVisitorsOfOneGroupDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	st := newStands(t)
	const n = 32
	var visitors []game.VisitorID
	for i := range n {
		visitors = append(visitors, st.visitor(fmt.Sprint(i)))
	}
	st.list(true, visitors...)
	group := st.group(visitors...)
	st.must(st.Fold(t.Context()))

	// A capture under way, which holds what it has written, and a folding beside it.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	line := func(v game.VisitorID, i int) game.Line {
		return game.Line{Capture: game.CaptureID(v), Reason: game.ForCatch, Key: string(st.zoo[i%5].ID), Points: 10, At: st.now.Add(time.Duration(i) * time.Second)}
	}
	slow := st.db.Begin()
	defer slow.Rollback()
	referee, err := st.referee(slow)
	st.must(err)
	st.must(st.moved(slow, referee, visitors[0], words{string(group)}, []game.Line{line(visitors[0], 0)}))
	errs := make(chan error, n)
	for i, v := range visitors[1:] {
		go func() {
			var err error
			for k := range 5 {
				err = cmp.Or(err, st.earn(ctx, v, []GroupID{group}, line(v, 5*i+k)))
			}
			errs <- err
		}()
	}
	for range n - 1 {
		if err := <-errs; err != nil {
			t.Fatalf("beside a capture under way: %v", err)
		}
	}
	st.must(st.Fold(ctx))
	page, err := st.Top(ctx, Groups, st.board(game.Today), 5)
	st.must(err)
	if page.Total != 1 || page.Standings[0].Points != 10+20+35+60+100 {
		t.Errorf("the group: got %+v", page)
	}
	st.must(slow.Commit().Error)
	if page, err := st.Top(ctx, Visitors, st.board(game.Today), 100); err != nil || page.Total != n || page.Standings[n-2].Points != 50 || page.Standings[n-1].Rank != n {
		t.Errorf("got %+v, %v", page, err)
	}
}
