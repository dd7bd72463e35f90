package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/measure/tables"
	"github.com/zoodex/zoodex/vision/teach"
)

type measurement struct {
	ctx        context.Context
	folder     string
	draws      int
	roster     []vision.Resident
	shots      []*shot
	recognizer *vision.Recognizer
	cache      teach.Cache
}

var (
	monkeys = []string{
		"bald_uakari", "black_headed_night_monkey", "common_squirrel_monkey", "japanese_macaque", "mantled_howler",
		"nilgiri_langur", "patas_monkey", "pygmy_marmoset", "silvery_marmoset", "white_headed_capuchin",
	}
	everybody = append([]string{"giraffe", "kangaroo", "raccoon"}, monkeys...)
)

// teachable are the photos of a species from the set that has most of it.
func (m *measurement) teachable(label string) (shots []*shot) {
	for _, s := range m.shots {
		if s.label == label && s.purpose == "B" && s.set != "caltech101" {
			shots = append(shots, s)
		}
	}
	return shots
}

// split draws n photos of each species to learn from and keeps the rest for testing.
func (m *measurement) split(labels []string, n int, seed uint64) (train, test []*shot, err error) {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	for _, label := range labels {
		shots := m.teachable(label)
		if len(shots) <= n {
			return nil, nil, fmt.Errorf("%s has only %d photos", label, len(shots))
		}
		random.Shuffle(len(shots), func(i, j int) { shots[i], shots[j] = shots[j], shots[i] })
		train, test = append(train, shots[:n]...), append(test, shots[n:]...)
	}
	return train, test, nil
}

func (m *measurement) teach(train []*shot) (*vision.Head, error) {
	l := &teach.Lesson{}
	for _, s := range train {
		l.Add(&teach.Photo{Species: s.label, ID: s.path, Study: s.study})
	}
	result, err := teach.Learn(m.ctx, l, teach.Options{})
	if err != nil {
		return nil, err
	}
	return result.Head, nil
}

func (m *measurement) accuracy(w io.Writer) error {
	t := tables.New("Which of the taught species: right on photos kept apart", "species", "photos each", "right", "each draw", "ever mistaken")
	for _, task := range []struct {
		name   string
		labels []string
		n      int
	}{
		{"ten monkeys", monkeys, 80}, {"ten monkeys", monkeys, 20}, {"ten monkeys", monkeys, 5},
		{"ten monkeys, giraffe, raccoon, kangaroo", everybody, 50}, {"ten monkeys, giraffe, raccoon, kangaroo", everybody, 5},
	} {
		var total float64
		var each []string
		mistaken := map[string]bool{}
		for draw := range m.draws {
			train, test, err := m.split(task.labels, task.n, uint64(draw))
			if err != nil {
				return err
			}
			head, err := m.teach(train)
			if err != nil {
				return err
			}
			right := 0
			for _, s := range test {
				if head.Taught[head.Judge(s.study.Vector).Best()].Key == s.label {
					right++
				} else {
					mistaken[s.path] = true
				}
			}
			total += float64(right) / float64(len(test)) / float64(m.draws)
			each = append(each, fmt.Sprintf("%.1f", 100*float64(right)/float64(len(test))))
		}
		t.Row(task.name, task.n, fmt.Sprintf("**%.2f %%**", 100*total), strings.Join(each, ", "), len(mistaken))
	}
	return t.Print(w)
}

// decide is recognition's answer with a head or without.
func decide(s *shot, roster *vision.Roster, head *vision.Head) vision.Sighting {
	views := s.study.Views()
	if head != nil {
		views.Taught = head.Judge(s.study.Vector)
	}
	return vision.Decide(views, roster, vision.Measured)
}

// rosterWith is the roster with the taught species.
func (m *measurement) rosterWith(labels []string) (*vision.Roster, error) {
	residents := slices.Clone(m.roster)
	for _, label := range labels {
		residents = append(residents, vision.Resident{Key: label})
	}
	return vision.NewRoster(residents)
}

// known compares what the network knew before all species were taught and after.
func (m *measurement) known(w io.Writer) error {
	t := tables.New("Animals that the network knows, before and after teaching all thirteen species", "photos each",
		"best candidate right before", "after", "certain and right before", "after", "certain as a taught species")
	for _, n := range []int{5, 20, 50} {
		var before, after, certainBefore, certainAfter, stolen, count float64
		roster, err := m.rosterWith(everybody)
		if err != nil {
			return err
		}
		classes := map[string][]string{}
		for _, r := range m.roster {
			classes[r.Key] = r.Labels
		}
		for draw := range m.draws {
			train, _, err := m.split(everybody, n, uint64(draw))
			if err != nil {
				return err
			}
			head, err := m.teach(train)
			if err != nil {
				return err
			}
			for _, s := range m.shots {
				if s.purpose != "A" {
					continue
				}
				count++
				without, with := decide(s, roster, nil), decide(s, roster, head)
				before += one(slices.Contains(s.classes, without.Candidates[0].Index))
				after += one(slices.Contains(s.classes, with.Candidates[0].Index))
				right := func(v vision.Sighting) bool { return v.Decision == vision.Certain && m.means(v.Key, s) }
				certainBefore += one(right(without))
				certainAfter += one(right(with))
				stolen += one(with.Decision == vision.Certain && slices.Contains(everybody, with.Key))
			}
		}
		t.Row(n, percent(before/count), percent(after/count), percent(certainBefore/count), percent(certainAfter/count), percent(stolen/count))
	}
	return t.Print(w)
}

// means tells whether a resident is what the photo shows.
func (m *measurement) means(key string, s *shot) bool {
	for _, r := range m.roster {
		if r.Key == key {
			for _, id := range r.Labels {
				for _, class := range s.classes {
					if labelID(class) == id {
						return true
					}
				}
			}
		}
	}
	return false
}

// untaught leaves four of the thirteen species out and looks what they are taken for.
func (m *measurement) untaught(w io.Writer) error {
	t := tables.New("Nine species taught, four not", "photos each", "taught, certain and right", "certain and wrong", "best candidate right",
		"untaught called a taught species: by probability", "by familiarity", "untaught certain as anybody before teaching", "after")
	for _, n := range []int{5, 20, 50} {
		var right, wrong, first, taughtPhotos, byProbability, byFamiliarity, anybodyBefore, anybodyAfter, untaughtPhotos float64
		for draw := range m.draws {
			labels := slices.Clone(everybody)
			random := rand.New(rand.NewPCG(uint64(draw), 99))
			random.Shuffle(len(labels), func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
			taught, left := labels[:9], labels[9:]
			train, test, err := m.split(taught, n, uint64(draw))
			if err != nil {
				return err
			}
			head, err := m.teach(train)
			if err != nil {
				return err
			}
			roster, err := m.rosterWith(taught)
			if err != nil {
				return err
			}
			// At equal coverage: as many taught photos are above the probability as are certain.
			var probabilities []float64
			certain := 0
			for _, s := range test {
				probabilities = append(probabilities, probability(head, s))
				v := decide(s, roster, head)
				taughtPhotos++
				first += one(v.Candidates[0].Key == s.label)
				if v.Decision != vision.Certain {
					continue
				}
				certain += int(one(slices.Contains(taught, v.Key)))
				right += one(v.Key == s.label)
				wrong += one(v.Key != s.label)
			}
			slices.Sort(probabilities)
			slices.Reverse(probabilities)
			level := probabilities[max(certain-1, 0)]
			for _, label := range left {
				for _, s := range m.teachable(label) {
					untaughtPhotos++
					without, with := decide(s, roster, nil), decide(s, roster, head)
					byProbability += one(probability(head, s) >= level)
					byFamiliarity += one(with.Decision == vision.Certain && slices.Contains(taught, with.Key))
					anybodyBefore += one(without.Decision == vision.Certain)
					anybodyAfter += one(with.Decision == vision.Certain)
				}
			}
		}
		t.Row(n, percent(right/taughtPhotos), percent(wrong/taughtPhotos), percent(first/taughtPhotos), percent(byProbability/untaughtPhotos), percent(byFamiliarity/untaughtPhotos),
			percent(anybodyBefore/untaughtPhotos), percent(anybodyAfter/untaughtPhotos))
	}
	return t.Print(w)
}

// probability of the likeliest taught species among the taught ones: what a plain head goes by.
func probability(head *vision.Head, s *shot) float64 {
	j := head.Judge(s.study.Vector)
	var total float64
	for _, l := range j.Logits {
		total += math.Exp(l - j.Logits[j.Best()])
	}
	return 1 / total
}

func (m *measurement) speed(w io.Writer) error {
	t := tables.New(fmt.Sprintf("Time on %d cores", runtime.GOMAXPROCS(0)), "lesson", "seconds")
	cold, err := os.MkdirTemp("", "zoodex-cold")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cold)
	labels := []string{"giraffe", "raccoon"}
	for _, what := range []string{"two species, 100 photos each, from nothing", "again, from the cache"} {
		start := time.Now()
		recognizer, err := vision.New(vision.Options{})
		if err != nil {
			return err
		}
		l := &teach.Lesson{}
		for _, label := range labels {
			for _, s := range m.teachable(label)[:100] {
				path := filepath.Join(m.folder, filepath.FromSlash(s.path))
				l.Add(&teach.Photo{Species: label, ID: s.path, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
			}
		}
		if _, err := teach.Learn(m.ctx, l, teach.Options{Recognizer: recognizer, Cache: teach.FolderCache(cold)}); err != nil {
			return err
		}
		t.Row(what, fmt.Sprintf("%.1f", time.Since(start).Seconds()))
	}
	l := m.simulated(200, 50)
	start := time.Now()
	result, err := teach.Learn(m.ctx, l, teach.Options{})
	if err != nil {
		return err
	}
	t.Row(fmt.Sprintf("200 species, 50 photos each, simulated (%.1f %% right, %s)", 100*result.Report.Accuracy, memory()), fmt.Sprintf("%.1f", time.Since(start).Seconds()))
	return t.Print(w)
}

// simulated makes studies of species that do not exist, by mixing real species' vectors and disturbing them.
func (m *measurement) simulated(species, photos int) *teach.Lesson {
	random := rand.New(rand.NewPCG(1, 2))
	var real []*teach.Study
	for _, s := range m.shots {
		if s.purpose == "B" {
			real = append(real, s.study)
		}
	}
	l := &teach.Lesson{}
	for k := range species {
		name := fmt.Sprintf("species-%03d", k)
		var base [3]*teach.Study
		for i := range base {
			base[i] = real[random.IntN(len(real))]
		}
		for range photos {
			other := real[random.IntN(len(real))]
			s := *base[0]
			s.Hash, s.Mirrored = random.Uint64(), random.Uint64()
			s.Vector = make([]float32, len(other.Vector))
			for j := range s.Vector {
				mixed := 0.35*base[0].Vector[j] + 0.2*base[1].Vector[j] + 0.15*base[2].Vector[j] + 0.3*other.Vector[j]
				s.Vector[j] = mixed * float32(math.Exp(0.2*random.NormFloat64()))
			}
			unit(s.Vector)
			l.Add(&teach.Photo{Species: name, ID: fmt.Sprintf("%s/%d", name, len(l.Photos)), Study: &s})
		}
	}
	return l
}
