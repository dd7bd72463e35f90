package game_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

func TestAGroupCodeCanBeReadAloud(t *testing.T) {
	seen := map[game.GroupCode]bool{}
	for range 1000 {
		code := game.NewGroupCode()
		if len(code) != 6 || strings.ContainsAny(string(code), "AEIOUYQGL0123456789") {
			t.Fatalf("got %q", code)
		}
		seen[code] = true
		if again, err := game.ParseGroupCode(" " + strings.ToLower(string(code[:3])) + "-" + string(code[3:])); err != nil || again != code {
			t.Fatalf("%s as people type it: got %q, %v", code, again, err)
		}
	}
	if len(seen) < 990 {
		t.Errorf("only %d of 1000 codes differ", len(seen))
	}
	if code, err := game.ParseGroupCode("2b5-8df"); err != nil || code != "ZBSBDF" {
		t.Errorf("digits for letters: got %q, %v", code, err)
	}
	for _, s := range []string{"", "BCD", "BCDFHJK", "BCDFHA", "BCDFH0", "BCDFHé", "\xff\xff\xff\xff\xff\xff", strings.Repeat(" ", 1<<20) + "BCDFHJ"} {
		if _, err := game.ParseGroupCode(s); !errors.Is(err, game.ErrGroupCode) {
			t.Errorf("%.20q: got %v", s, err)
		}
	}
}

func TestWhoMayJoinAGroup(t *testing.T) {
	r := game.GroupRules{Members: map[game.GroupKind]int{game.FamilyGroup: 3, game.ClassGroup: 40}, Joined: 2, CodeDays: 14}
	made := at("2026-03-20 12:00")
	for name, c := range map[string]struct {
		change func(*game.Joining)
		after  time.Duration
		want   error
	}{
		"a third member":   {func(*game.Joining) {}, time.Hour, nil},
		"a fourth":         {func(j *game.Joining) { j.Members = 3 }, time.Hour, game.ErrGroupFull},
		"a class has room": {func(j *game.Joining) { j.Kind, j.Members = game.ClassGroup, 39 }, time.Hour, nil},
		"one of them":      {func(j *game.Joining) { j.Member, j.Members = true, 3 }, time.Hour, game.ErrGroupMember},
		"in too many":      {func(j *game.Joining) { j.Joined = 2 }, time.Hour, game.ErrTooManyGroups},
		"at the last hour": {func(*game.Joining) {}, 14*24*time.Hour - 1, nil},
		"too late":         {func(*game.Joining) {}, 14 * 24 * time.Hour, game.ErrCodeExpired},
	} {
		j := game.Joining{Kind: game.FamilyGroup, Members: 2, CodeAt: made}
		c.change(&j)
		if err := r.MayJoin(j, made.Add(c.after)); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if r.MayFound(game.FamilyGroup, 1) != nil || r.MayFound(game.FamilyGroup, 2) != game.ErrTooManyGroups || r.MayFound("club", 0) != game.ErrGroupKind {
		t.Error("founding goes wrong")
	}
}

func TestAGroupHasWhatItsMembersHave(t *testing.T) {
	ref := referee(t, plain(), smallZoo())
	ann := ref.Replay(append(visitOf("2026-05-01", "lion", "owl"), visitOf("2026-05-02", "lion")...))
	bob := ref.Replay(append(visitOf("2026-05-01", "cobra", "lion"), game.Taken{ID: "v", At: at("2026-05-01 11:00"), Verdict: game.Certain, Species: "shark", Marks: game.Marks{Copied: true}}))

	union, ever := ref.Together("family", game.Span{}, ann, bob)
	lion := union["lion"]
	if len(union) != 3 || lion.Times != 3 || lion.Visits != 2 || !lion.First.Equal(at("2026-05-01 10:00")) {
		t.Errorf("got %+v", union)
	}
	if ever.ID != "family" || ever.Points != 10+30+50 || !ever.Reached.Equal(at("2026-05-01 10:10")) {
		t.Errorf("ever: got %+v", ever)
	}
	_, second := ref.Together("family", game.Days(date("2026-05-02"), date("2026-05-02"), berlin), bob, ann)
	if second.Points != 10 {
		t.Errorf("the second day: got %+v, want the lion again", second)
	}
	if union, none := ref.Together("empty", game.Span{}); len(union) != 0 || none.Points != 0 {
		t.Errorf("nobody: got %+v, %+v", union, none)
	}
}
