package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/zoodex/zoodex/game"
)

func TestAVisitorIsFoundByTheirTokenAlone(t *testing.T) {
	t.Parallel()
	f := founded(t)
	token := game.NewToken()
	made, err := f.Welcome(t.Context(), "Brave Otter 42", token, game.NewPassCode())
	if err != nil {
		t.Fatal(err)
	}
	f.welcome()
	v, err := f.restarted().Visitor(t.Context(), token)
	if err != nil || v != made {
		t.Errorf("found %+v, %v, made %+v", v, err, made)
	}
	for _, wrong := range []game.Token{"", "x", token + "x", token[1:], game.NewToken()} {
		if v, err := f.Visitor(t.Context(), wrong); !errors.Is(err, game.ErrUnknown) {
			t.Errorf("a wrong token is %+v, %v", v, err)
		}
	}
}

func TestPointsAreTheSumOfTheLedger(t *testing.T) {
	t.Parallel()
	f := founded(t)
	token := game.NewToken()
	v, err := f.Welcome(t.Context(), "Brave Otter 42", token, game.NewPassCode())
	if err != nil {
		t.Fatal(err)
	}
	other := f.welcome()
	want := 0
	for _, n := range []int{1, 2, 2, 5, 1, 3} {
		c, _ := f.record(f.sighting(v.ID, n))
		f.record(f.sighting(other, n))
		want += c.Earned
	}
	if want == 0 {
		t.Fatal("nothing was earned")
	}
	v, err = f.Visitor(t.Context(), token)
	_, points := f.collection(v.ID)
	sum := f.count(`SELECT sum(points) FROM ledger WHERE visitor_id = ?`, string(v.ID))
	if err != nil || v.Points != want || points != want || sum != want {
		t.Errorf("visitor %d, collection %d, ledger %d, earned %d, %v", v.Points, points, sum, want, err)
	}
}

func TestSecretsAreNotInTheDatabase(t *testing.T) {
	t.Parallel()
	f := founded(t)
	token, code := game.NewToken(), game.NewPassCode()
	if _, err := f.Welcome(t.Context(), "Brave Otter 42", token, code); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{string(token), string(code)} {
		if where := f.rowsWith(secret); len(where) > 0 {
			t.Errorf("a secret is in %v", where)
		}
		if where := f.rowsWith(fmt.Sprintf("%x", secret)); len(where) > 0 {
			t.Errorf("a secret is in %v", where)
		}
	}
}

func TestANewNicknameStays(t *testing.T) {
	t.Parallel()
	f := founded(t)
	token := game.NewToken()
	v, err := f.Welcome(t.Context(), "Brave Otter 42", token, game.NewPassCode())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Rename(t.Context(), v.ID, "Löwe 1"); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Visitor(t.Context(), token); err != nil || got.Nickname != "Löwe 1" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := f.Erase(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if err := f.Rename(t.Context(), v.ID, "Ghost"); !errors.Is(err, game.ErrUnknown) {
		t.Errorf("an erased visitor was renamed: %v", err)
	}
}

func TestErasingAVisitorLeavesNoRow(t *testing.T) {
	t.Parallel()
	f := founded(t)
	stays := f.welcome()
	f.record(f.sighting(stays, 1))
	fold := func() {
		t.Helper()
		if err := f.Fold(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	fold()
	before := f.tables()

	token := game.NewToken()
	v, err := f.Welcome(t.Context(), "Brave Otter 42", token, game.NewPassCode())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 1, 3} {
		f.record(f.sighting(v.ID, n))
	}
	if len(f.rowsWith(string(v.ID))) == 0 {
		t.Fatal("the test does not find a visitor who is there")
	}
	if err := f.Erase(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if where := f.rowsWith(string(v.ID)); len(where) > 0 {
		t.Errorf("there is something of the visitor in %v", where)
	}
	fold()
	after := f.tables()
	for table, rows := range before {
		if after[table] != rows {
			t.Errorf("%s has %d rows, had %d", table, after[table], rows)
		}
	}
	if _, err := f.Visitor(t.Context(), token); !errors.Is(err, game.ErrUnknown) {
		t.Errorf("the token is still known: %v", err)
	}
	if err := f.Erase(t.Context(), v.ID); err != nil {
		t.Errorf("erasing again: %v", err)
	}
}

func TestErasingWhileCapturingLeavesNoRow(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	var captures []game.Capture
	for i := range 16 {
		captures = append(captures, f.sighting(v, 1+i%5))
	}
	zoo := f.zoo()
	atOnce(17, func(i int) {
		if i == 16 {
			if err := f.Erase(t.Context(), v); err != nil {
				t.Error(err)
			}
			return
		}
		if _, _, err := f.Record(t.Context(), zoo, captures[i]); err != nil && !errors.Is(err, game.ErrUnknown) {
			t.Error(err)
		}
	})
	if where := f.rowsWith(string(v)); len(where) > 0 {
		t.Errorf("there is something of the visitor in %v", where)
	}
}

func TestAStoreGivesUpWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	c, zoo := f.sighting(v, 1), f.zoo()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Record(ctx, zoo, c); !errors.Is(err, context.Canceled) {
		t.Errorf("recorded: %v", err)
	}
	if n := f.count(`SELECT count(*) FROM captures`); n != 0 {
		t.Errorf("%d captures are kept", n)
	}
}

// tables counts the rows of every table there is.
func (f *fixture) tables() map[string]int {
	f.t.Helper()
	var names []string
	err := f.db.Gorm().Raw(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`).Scan(&names).Error
	if err != nil || len(names) < 7 {
		f.t.Fatalf("tables %v, %v", names, err)
	}
	rows := map[string]int{}
	for _, name := range names {
		rows[name] = f.count(fmt.Sprintf(`SELECT count(*) FROM %q`, name))
	}
	return rows
}

// rowsWith names the tables that have a row with the text in any column.
func (f *fixture) rowsWith(text string) (where []string) {
	f.t.Helper()
	for name := range f.tables() {
		if f.count(fmt.Sprintf(`SELECT count(*) FROM %q r WHERE strpos(r::text, ?) > 0`, name), text) > 0 {
			where = append(where, name)
		}
	}
	return where
}
