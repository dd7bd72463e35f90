package game_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/zoodex/zoodex/game"
)

// busy are rules with every kind of badge and trail for the small zoo.
func busy() game.Rules {
	r := plain()
	for i, b := range []game.Badge{
		badge(game.CollectionBadge, 3), badge(game.CollectionBadge, 0), badge(game.GroupBadge, 0, "cat"), badge(game.ClassBadge, 0, "Aves"),
		badge(game.ContinentsBadge, 4), badge(game.ActivityBadge, 2, "night"), badge(game.ConservationBadge, 2, "EN", "CR"),
		badge(game.VisitsBadge, 3), badge(game.TrailsBadge, 2), badge(game.QuizBadge, 3),
	} {
		b.Key = fmt.Sprintf("badge-%d", i)
		r.Badges = append(r.Badges, b)
	}
	for i, tr := range []game.Trail{
		trail(false, anyOf("cat"), anyOf("big-cat"), step("lion"), anyOf("mammal")),
		trail(true, step("owl"), anyOf("cat"), step("shark")),
		trail(false, anyOf("bird"), anyOf("bird")),
	} {
		tr.Key = fmt.Sprintf("trail-%d", i)
		r.Trails = append(r.Trails, tr)
	}
	r.Trails[2].From, r.Trails[2].Until = date("2026-10-25"), date("2026-10-26")
	return r
}

// withRates makes the rules such that drawn histories break them.
func withRates(r game.Rules) game.Rules {
	r.FairPlay.Rates = []game.Rate{{Captures: 2, Within: 10 * time.Minute}}
	r.FairPlay.Hours = []game.Hours{{Open: "00:00-20:00"}}
	return r
}

// drawTaken draws a capture of one of four days, one of them of 25 hours.
func drawTaken(t *rapid.T, n int) game.Taken {
	minutes := rapid.IntRange(0, 4*24*60).Draw(t, "minutes")
	taken := game.Taken{
		ID: game.CaptureID(fmt.Sprintf("%03d", n)), At: at("2026-10-24 00:00").Add(time.Duration(minutes) * time.Minute),
		Verdict: rapid.SampledFrom([]game.Verdict{game.Certain, game.Certain, game.Certain, game.Undecided, game.NoAnimal}).Draw(t, "verdict"),
	}
	animal := rapid.SampledFrom(smallZoo())
	if taken.Verdict == game.Certain {
		taken.Species = animal.Draw(t, "species").ID
	}
	if rapid.IntRange(0, 5).Draw(t, "said") == 0 {
		said := animal.Draw(t, "says").ID
		taken.Said = &said
	}
	taken.Copied = rapid.IntRange(0, 9).Draw(t, "copied") == 0
	taken.Withdrawn = rapid.IntRange(0, 9).Draw(t, "withdrawn") == 0
	taken.Pardoned = rapid.IntRange(0, 9).Draw(t, "pardoned") == 0
	if rapid.Bool().Draw(t, "answered") {
		taken.Answer = &game.Answer{Right: rapid.Bool().Draw(t, "right"), At: taken.At.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "later")) * time.Minute)}
	}
	return taken
}

func drawHistory(t *rapid.T) []game.Taken {
	history := make([]game.Taken, rapid.IntRange(0, 40).Draw(t, "captures"))
	for i := range history {
		history[i] = drawTaken(t, i)
	}
	return history
}

func shuffled(t *rapid.T, history []game.Taken) []game.Taken {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
	history = slices.Clone(history)
	r.Shuffle(len(history), func(i, j int) { history[i], history[j] = history[j], history[i] })
	return history
}

func equal(t *rapid.T, what string, got, want game.State) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	ref := referee(t, withRates(busy()), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		equal(t, "in another order", ref.Replay(shuffled(t, history)), ref.Replay(history))
	})
}

func TestRetriesChangeNothing(t *testing.T) {
	ref := referee(t, withRates(busy()), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		var again []game.Taken
		for _, taken := range history {
			again = append(again, slices.Repeat([]game.Taken{taken}, rapid.IntRange(1, 3).Draw(t, "times"))...)
		}
		equal(t, "with retries", ref.Replay(shuffled(t, again)), ref.Replay(history))
	})
}

// The ledger is only ever appended to, whatever comes in or is corrected, and
// always says what follows from the captures.
func TestTheLedgerFollowsArrivalsAndCorrections(t *testing.T) {
	ref := referee(t, withRates(busy()), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		var history []game.Taken
		var ledger []game.Line
		before := ref.Replay(nil)
		for n := range rapid.IntRange(1, 30).Draw(t, "steps") {
			if len(history) > 0 && rapid.Bool().Draw(t, "correct") {
				i := rapid.IntRange(0, len(history)-1).Draw(t, "which")
				history[i].Marks = history[i].Correct(drawCorrection(t))
			} else {
				history = append(history, drawTaken(t, n))
			}
			after := ref.Replay(history)
			gain := game.Compare(before, after)
			if before.Points+gain.Points != after.Points || gain.Level != after.Level {
				t.Fatalf("%+v leads from %d to %d points", gain, before.Points, after.Points)
			}
			ledger = append(ledger, gain.Lines...)
			if game.Sum(ledger) != after.Points || game.Sum(after.Lines) != after.Points {
				t.Fatalf("the ledger has %d points, the lines %d, the state %d", game.Sum(ledger), game.Sum(after.Lines), after.Points)
			}
			if missing := game.Settle(ledger, after.Lines); missing != nil {
				t.Fatalf("the ledger lacks %+v", missing)
			}
			for _, l := range game.Net(ledger) {
				if l.Points <= 0 {
					t.Fatalf("the ledger keeps %+v", l)
				}
			}
			now := at("2026-10-26 12:00")
			for _, b := range ref.Rules().Calendar.Boards(now, berlin) {
				if a, b := game.ScoreOf("v", ledger, b.Span), game.ScoreOf("v", after.Lines, b.Span); a != b {
					t.Fatalf("the ledger scores %+v, the state %+v", a, b)
				}
			}
			before = after
		}
	})
}

func TestALedgerThatWasTamperedWithIsRepaired(t *testing.T) {
	ref := referee(t, busy(), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		want := ref.Replay(drawHistory(t)).Lines
		var ledger []game.Line
		for _, l := range want { // lost, doubled or changed
			l.Points = rapid.IntRange(-3, 3).Draw(t, "points")
			ledger = append(ledger, slices.Repeat([]game.Line{l}, rapid.IntRange(0, 2).Draw(t, "times"))...)
		}
		ledger = append(ledger, game.Line{Capture: "forged", Reason: game.ForCatch, Key: "lion", Points: 99, At: at("2026-10-24 00:00")})
		ledger = append(ledger, game.Settle(ledger, want)...)
		if !reflect.DeepEqual(sorted(game.Net(ledger)), sorted(want)) {
			t.Fatalf("got %+v, want %+v", game.Net(ledger), want)
		}
	})
}

func sorted(lines []game.Line) []string {
	text := []string{}
	for _, l := range lines {
		text = append(text, fmt.Sprint(l))
	}
	slices.Sort(text)
	return text
}

func drawCorrection(t *rapid.T) game.Correction {
	return game.Correction{
		Kind:    rapid.SampledFrom([]game.CorrectionKind{game.Say, game.Unsay, game.Withdraw, game.Restore, game.Pardon, game.Unpardon}).Draw(t, "kind"),
		Species: rapid.SampledFrom([]game.SpeciesID{"", "lion", "owl", "cobra"}).Draw(t, "species"),
	}
}

func TestWhatIsUndoneAndRedoneNeverHappened(t *testing.T) {
	ref := referee(t, withRates(busy()), smallZoo())
	undo := map[game.CorrectionKind]game.CorrectionKind{game.Say: game.Unsay, game.Withdraw: game.Restore, game.Pardon: game.Unpardon}
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		if len(history) == 0 {
			return
		}
		i := rapid.IntRange(0, len(history)-1).Draw(t, "which")
		history[i].Marks = game.Marks{Copied: history[i].Copied, Answer: history[i].Answer}
		before := ref.Replay(history)
		for _, kind := range []game.CorrectionKind{game.Say, game.Withdraw, game.Pardon} {
			history[i].Marks = history[i].Correct(game.Correction{Kind: kind, Species: "lion"})
			if rapid.Bool().Draw(t, "twice") {
				history[i].Marks = history[i].Correct(game.Correction{Kind: kind, Species: "lion"})
			}
			history[i].Marks = history[i].Correct(game.Correction{Kind: undo[kind]})
		}
		equal(t, "undone and redone", ref.Replay(history), before)
		// Saying what recognition said anyway is saying nothing.
		if history[i].Verdict == game.Certain {
			history[i].Marks = history[i].Correct(game.Correction{Kind: game.Say, Species: history[i].Species})
			equal(t, "said the same", ref.Replay(history), before)
		}
	})
}

func TestWithdrawnIsAsIfNeverTaken(t *testing.T) {
	ref := referee(t, withRates(busy()), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		var without []game.Taken
		for i := range history {
			if !history[i].Withdrawn {
				without = append(without, history[i])
			}
		}
		got, want := ref.Replay(history), ref.Replay(without)
		got.Rulings, want.Rulings = nil, nil
		equal(t, "withdrawn", got, want)
	})
}

// Below the rates that fair play allows, another capture never costs anything.
func TestCatchingMoreNeverTakesAnythingAway(t *testing.T) {
	ref := referee(t, busy(), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		before := ref.Replay(history)
		after := ref.Replay(append(slices.Clone(history), drawTaken(t, len(history))))
		gain := game.Compare(before, after)
		if gain.Points < 0 || gain.Lost != nil || gain.Level < gain.FromLevel || len(after.Visits) < len(before.Visits) {
			t.Fatalf("got %+v", gain)
		}
		for i, w := range before.Trails {
			if after.Trails[i].Done < w.Done || w.Complete() && !after.Trails[i].Complete() {
				t.Fatalf("from %+v to %+v", w, after.Trails[i])
			}
		}
		for id, s := range before.Seen {
			if now := after.Seen[id]; now.First.After(s.First) || now.Times < s.Times || now.Visits < s.Visits {
				t.Fatalf("%s: from %+v to %+v", id, s, now)
			}
		}
	})
}

func TestANewBadgeIsGivenToWhoEarnedItBefore(t *testing.T) {
	all := busy()
	ref := referee(t, all, smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		fewer := all
		cut := rapid.IntRange(0, len(all.Badges)).Draw(t, "badges")
		fewer.Badges = all.Badges[:cut]
		old, err := game.NewReferee(fewer, smallZoo(), nil, berlin)
		if err != nil {
			t.Fatal(err)
		}
		before, after := old.Replay(history), ref.Replay(history)
		gain := game.Compare(before, after)
		if gain.Lines != nil || gain.Points != 0 || gain.Lost != nil {
			t.Fatalf("a badge moved points: %+v", gain)
		}
		var earned []game.BadgeState
		for _, b := range after.Badges[cut:] {
			if b.Earned() {
				earned = append(earned, b)
				if i := slices.IndexFunc(history, func(h game.Taken) bool { return h.ID == b.Capture }); i < 0 {
					t.Fatalf("%+v was earned by no capture", b)
				}
			}
		}
		if !slices.Equal(gain.Badges, earned) {
			t.Fatalf("got %+v, want %+v", gain.Badges, earned)
		}
	})
}

// A second opinion on points and trails, by definition instead of by replay.
func TestPointsAreWhatTheRulesSay(t *testing.T) {
	r := busy()
	zoo := smallZoo()
	ref := referee(t, r, zoo)
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		state := ref.Replay(history)
		days, animals := map[string]bool{}, map[game.SpeciesID]map[string]bool{}
		quizzed := map[game.SpeciesID]bool{}
		for _, h := range history {
			species := h.Species
			if h.Said != nil {
				species = *h.Said
			}
			if species == "" || h.Withdrawn || h.Copied && !h.Pardoned {
				continue
			}
			day := h.At.In(berlin).Format(time.DateOnly)
			days[day] = true
			if animals[species] == nil {
				animals[species] = map[string]bool{}
			}
			animals[species][day] = true
			quizzed[species] = quizzed[species] || h.Answer != nil && h.Answer.Right
		}
		points := r.Points.Visit * len(days)
		for _, s := range zoo {
			if n := len(animals[s.ID]); n > 0 {
				points += r.Points.Catch[s.Rarity] + r.Points.Again[s.Rarity]*(n-1)
			}
			if quizzed[s.ID] {
				points += r.Points.Quiz
			}
		}
		for i, tr := range r.Trails {
			if tr.Ordered {
				points += map[bool]int{true: tr.Points}[state.Trails[i].Complete()]
				continue
			}
			var seen []game.Species
			for _, s := range zoo {
				for day := range animals[s.ID] {
					if (tr.From.IsZero() || day >= tr.From.String()) && (tr.Until.IsZero() || day <= tr.Until.String()) {
						seen = append(seen, s)
						break
					}
				}
			}
			if most := matching(tr.Steps, seen); most != state.Trails[i].Done {
				t.Fatalf("trail %d: %d steps done, could be %d with %v", i, state.Trails[i].Done, most, seen)
			} else if most == len(tr.Steps) {
				points += tr.Points
			}
		}
		if points != state.Points {
			t.Fatalf("got %d points, want %d", state.Points, points)
		}
	})
}

// matching tries every way to give each animal a step and tells the most steps done.
func matching(steps []game.Step, seen []game.Species) int {
	if len(seen) == 0 {
		return 0
	}
	most := matching(steps, seen[1:])
	for i, s := range steps {
		if s.Species == seen[0].Slug || s.Group != "" && game.InGroup(seen[0].Group, s.Group) {
			rest := slices.Delete(slices.Clone(steps), i, i+1)
			most = max(most, 1+matching(rest, seen[1:]))
		}
	}
	return most
}

func TestMorePointsAreNeverALowerLevel(t *testing.T) {
	r, _ := starter(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(-10, 5000).Draw(t, "points"), rapid.IntRange(-10, 5000).Draw(t, "points")
		if la, lb := r.LevelOf(a), r.LevelOf(b); a <= b && la > lb || la < 1 || la > len(r.Levels) {
			t.Fatalf("%d points are level %d, %d points level %d", a, la, b, lb)
		}
	})
}

// A capture that comes last is judged by the tally of those before it as by
// all of them, and leaves the tally that all of them do.
func TestATallyGoesOnAsAReplayDoes(t *testing.T) {
	ref := referee(t, withRates(busy()), smallZoo())
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		slices.SortFunc(history, func(a, b game.Taken) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
		known := rapid.IntRange(0, len(history)).Draw(t, "known")
		before, tally := ref.Tally(history[:known])
		for n, taken := range history[known:] {
			taken.Answer = nil // is asked for later
			history[known+n] = taken
			if !tally.Precedes(taken) {
				t.Fatalf("%+v does not precede %+v", tally, taken)
			}
			tally = kept(t, tally)
			had, has, next := ref.Resume(tally, taken)
			after, want := ref.Tally(history[:known+n+1])
			if !reflect.DeepEqual(kept(t, next), kept(t, want)) {
				t.Fatalf("the tally after %+v:\ngot  %+v\nwant %+v", taken, next, want)
			}
			gain, wantGain := game.Compare(had, has), game.Compare(before, after)
			if !reflect.DeepEqual(gain, wantGain) {
				t.Fatalf("gained by %+v:\ngot  %+v\nwant %+v", taken, gain, wantGain)
			}
			ruling, _ := has.Ruling(taken.ID)
			wantRuling, _ := after.Ruling(taken.ID)
			if ruling != wantRuling || !reflect.DeepEqual(has.Seen, after.Seen) || has.Points != after.Points || has.Level != after.Level {
				t.Fatalf("after %+v:\ngot  %+v %+v\nwant %+v %+v", taken, ruling, has, wantRuling, after)
			}
			before, tally = after, next
		}
	})
}

// kept is a tally as it is read again.
func kept(t *rapid.T, tally game.Tally) (again game.Tally) {
	text, err := json.Marshal(tally)
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestTheBasisOfATallyIsWhatMattersToIt(t *testing.T) {
	base := referee(t, busy(), smallZoo()).Basis()
	words := busy()
	words.Badges[0].Texts = game.Captions{game.English: {Name: "Another", Text: "name"}}
	renamed := smallZoo()
	renamed[0].Texts = map[game.Language]game.Text{game.English: {Name: "Another"}}
	if referee(t, words, smallZoo()).Basis() != base || referee(t, busy(), renamed).Basis() != base {
		t.Error("other words make another basis")
	}
	points := busy()
	points.Points.Visit++
	steps := busy()
	steps.Trails[0].Steps = steps.Trails[0].Steps[1:]
	rarer := smallZoo()
	rarer[0].Rarity = rarer[0].Rarity%5 + 1
	for what, got := range map[string]int64{
		"points": referee(t, points, smallZoo()).Basis(), "a trail": referee(t, steps, smallZoo()).Basis(), "a species": referee(t, busy(), rarer).Basis(),
	} {
		from, until := game.Formats()
		if got == base || got < from || got >= until {
			t.Errorf("with %s changed the basis is %d, before it was %d", what, got, base)
		}
	}
}
