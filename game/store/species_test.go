package store_test

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zoodex/zoodex/game"
)

func TestTheStarterSpeciesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	f := empty(t)
	if got := len(f.zoo().Species); got != 0 {
		t.Fatalf("a new zoo has %d species", got)
	}
	added, err := f.Found(t.Context(), starter())
	if err != nil || added != len(starter()) {
		t.Fatalf("added %d, %v", added, err)
	}
	zoo := f.zoo()
	if len(zoo.Species) != len(starter()) {
		t.Fatalf("%d species, want %d", len(zoo.Species), len(starter()))
	}
	for i, want := range starter() {
		got := zoo.Species[i]
		if byID, ok := zoo.ByID(got.ID); !ok || !reflect.DeepEqual(byID, got) {
			t.Errorf("%s is not found by its id", want.Slug)
		}
		if bySlug, ok := zoo.BySlug(want.Slug); !ok || !reflect.DeepEqual(bySlug, got) {
			t.Errorf("%s is not found by its slug", want.Slug)
		}
		got.ID, want.Version = "", 1
		if !reflect.DeepEqual(got, want) {
			t.Errorf("species\n%+v\nwant\n%+v", got, want)
		}
	}
}

func TestReplicasThatStartTogetherFillTheZooOnce(t *testing.T) {
	t.Parallel()
	f := empty(t)
	var added atomic.Int64
	atOnce(8, func(int) {
		n, err := f.restarted().Found(t.Context(), starter())
		if err != nil {
			t.Error(err)
		}
		added.Add(int64(n))
	})
	if want := len(starter()); int(added.Load()) != want || len(f.zoo().Species) != want {
		t.Errorf("%d added, %d there, want %d", added.Load(), len(f.zoo().Species), want)
	}
}

func TestARestartNeverOverwritesWhatStaffEdited(t *testing.T) {
	t.Parallel()
	f := founded(t)
	f.sql(`UPDATE species SET rarity = 5, on_display = false WHERE number = 1`)
	f.sql(`UPDATE species_texts SET surprise = 'Leo snores.' WHERE language = 'en' AND species_id = ?`, f.species(1).ID)
	f.sql(`DELETE FROM species WHERE number = 2`)

	after := f.restarted()
	if added, err := after.Found(t.Context(), starter()); err != nil || added != 0 {
		t.Fatalf("the restart added %d species, %v", added, err)
	}
	lion := after.species(1)
	if lion.Rarity != 5 || lion.OnDisplay || lion.Text(game.English).Surprise != "Leo snores." {
		t.Errorf("the edit is gone: %+v", lion)
	}
	if got := len(after.zoo().Species); got != len(starter())-1 {
		t.Errorf("%d species: the one that staff removed is back", got)
	}
}

func TestAnEditIsNoticedAtOnceByEveryReplica(t *testing.T) {
	t.Parallel()
	f := founded(t)
	other := f.restarted()
	before := f.zoo()
	other.zoo()
	if f.zoo() != before {
		t.Error("a zoo that did not change was read again")
	}
	for i, edit := range []string{
		`UPDATE species_texts SET name = 'Leo' WHERE language = 'de' AND species_id = (SELECT id FROM species WHERE number = 1)`,
		`UPDATE species SET rarity = 4 WHERE number = 1`,
		`DELETE FROM species WHERE number = 5`,
		`INSERT INTO species SELECT gen_random_uuid(), 9, 'new', scientific_name, class, "order", family, "group", conservation, continents,
			activity, awake, sleep_hours, rarity, keys, art, on_display, created_at, updated_at FROM species WHERE number = 1`,
		`TRUNCATE species_texts`,
	} {
		f.sql(edit)
		for _, s := range []*fixture{f, other} {
			zoo := s.zoo()
			first := zoo.Species[0]
			ok := [...]bool{
				first.Texts[game.German].Name == "Leo",
				first.Rarity == 4,
				len(zoo.Species) == 4,
				len(zoo.Species) == 5 && zoo.Species[4].Slug == "new",
				len(first.Texts) == 0,
			}[i]
			if !ok {
				t.Errorf("not noticed: %s", edit)
			}
		}
	}
	if before.Species[0].Rarity != 1 {
		t.Error("a zoo that is in use was changed")
	}
}

// A species that comes or goes while others are being read must not leave its
// words with another animal.
func TestAZooIsReadAsOfOneMoment(t *testing.T) {
	t.Parallel()
	f := founded(t)
	stop := make(chan struct{})
	var staff sync.WaitGroup
	staff.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			err := f.db.Gorm().Exec(`
				WITH new AS (INSERT INTO species SELECT gen_random_uuid(), 99, 'passing', scientific_name, class, "order", family, "group", conservation,
					continents, activity, awake, sleep_hours, rarity, keys, art, on_display, created_at, updated_at FROM species WHERE number = 1 RETURNING id)
				INSERT INTO species_texts SELECT new.id, l, 'passing', '', '', '', '' FROM new, unnest('{en,de,fr}'::text[]) l`).Error
			if err == nil {
				err = f.db.Gorm().Exec(`DELETE FROM species WHERE number = 99`).Error
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	defer staff.Wait()
	defer close(stop)
	atOnce(4, func(int) {
		for range 100 {
			zoo, err := f.restarted().Zoo(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			for _, s := range zoo.Species {
				if passing := s.Texts[game.English].Name == "passing"; passing != (s.Slug == "passing") {
					t.Errorf("%s is called %q", s.Slug, s.Texts[game.English].Name)
					return
				}
			}
		}
	})
}
