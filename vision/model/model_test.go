package model

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestTheNetworkIsTheOneTheReadmeDescribes(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(Network)
	if got := hex.EncodeToString(sum[:]); !strings.Contains(string(readme), got) {
		t.Errorf("README.md does not name the checksum of the embedded file, %s", got)
	}
}

func TestThereIsALabelForEveryLogit(t *testing.T) {
	labels := Labels()
	if len(labels) != Classes {
		t.Fatalf("%d labels, want %d", len(labels), Classes)
	}
	wordnet := regexp.MustCompile(`^n\d{8}$`)
	seen := map[string]int{}
	animals := 0
	for i, l := range labels {
		if l.Index != i {
			t.Errorf("label %d says it is %d", i, l.Index)
		}
		if !wordnet.MatchString(l.WordNetID) {
			t.Errorf("label %d: WordNet id %q", i, l.WordNetID)
		}
		if other, twice := seen[l.WordNetID]; twice {
			t.Errorf("labels %d and %d share %s", other, i, l.WordNetID)
		}
		seen[l.WordNetID] = i
		if l.Name == "" || strings.TrimSpace(l.Name) != l.Name {
			t.Errorf("label %d: name %q", i, l.Name)
		}
		if l.Animal != (l.Group != "") || l.Animal != (i < 398) {
			t.Errorf("label %d %s: animal %v, group %q; the animals are the first 398", i, l.Name, l.Animal, l.Group)
		}
		if l.Animal {
			animals++
			if !IsGroup(l.Group) {
				t.Errorf("label %d %s: the tree has no group %q", i, l.Name, l.Group)
			}
		}
	}
	if animals != 398 {
		t.Errorf("%d animals, want 398", animals)
	}
}

func TestWellKnownAnimalsSitWhereAVisitorWouldLook(t *testing.T) {
	for index, want := range map[int]struct{ id, name, group string }{
		0:   {"n01440764", "tench", "bony-fish"},
		24:  {"n01622779", "great grey owl", "owl"},
		49:  {"n01697457", "African crocodile", "crocodilian"},
		101: {"n01871265", "tusker", "elephant"},
		134: {"n02012849", "crane", "wader"},
		207: {"n02099601", "golden retriever", "domestic-dog"},
		269: {"n02114367", "timber wolf", "wolf"},
		286: {"n02125311", "cougar", "big-cat"},
		291: {"n02129165", "lion", "big-cat"},
		292: {"n02129604", "tiger", "big-cat"},
		340: {"n02391049", "zebra", "horse"},
		373: {"n02487347", "macaque", "old-world-monkey"},
		382: {"n02494079", "squirrel monkey", "new-world-monkey"},
		388: {"n02510455", "giant panda", "bear"},
		517: {"n03126707", "crane", ""},
	} {
		l := Labels()[index]
		if l.WordNetID != want.id || l.Name != want.name || l.Group != want.group {
			t.Errorf("label %d is %+v, want %+v", index, l, want)
		}
	}
}

func TestTheGroupsAreATree(t *testing.T) {
	if Parent(Root) != "" || Parent("unicorn") != "" || IsGroup("unicorn") || IsGroup("") || !IsGroup(Root) {
		t.Error("the root has no parent, and neither has what is not in the tree")
	}
	for group := range parents {
		steps := 0
		for g := group; g != Root; g = Parent(g) {
			if steps++; g == "" || steps > 10 {
				t.Errorf("%s does not lead up to %s", group, Root)
				break
			}
		}
	}
	used := map[string]bool{Root: true}
	for _, l := range Labels() {
		for g := l.Group; g != ""; g = Parent(g) {
			used[g] = true
		}
	}
	for group := range parents {
		if !used[group] {
			t.Errorf("no class hangs on %s", group)
		}
	}
}

func TestReferencesAreWholeAndDifferent(t *testing.T) {
	references := References()
	if len(references) != 6 {
		t.Fatalf("%d references", len(references))
	}
	if used := 6 * 4 * (Classes + Features + 1069); len(referenceBin) != used {
		t.Errorf("reference.bin has %d bytes, %d are read", len(referenceBin), used)
	}
	best := map[int]string{}
	for _, r := range references {
		in := r.Input()
		if len(in) != 3*InputSize*InputSize {
			t.Fatalf("%s: input of %d", r.Name, len(in))
		}
		low, high := in[0], in[0]
		for _, v := range in {
			low, high = min(low, v), max(high, v)
		}
		if low < -127.0/128 || high > 1 || low == high {
			t.Errorf("%s: values from %g to %g", r.Name, low, high)
		}
		// A feature is the mean of non-negative values, at most six.
		for _, v := range r.Features {
			if v < 0 || v > 6 {
				t.Fatalf("%s: feature %g", r.Name, v)
			}
		}
		top := 0
		for i, v := range r.Logits {
			if v > r.Logits[top] {
				top = i
			}
		}
		if other, twice := best[top]; twice {
			t.Errorf("%s and %s have the same best class", other, r.Name)
		}
		best[top] = r.Name
	}
}
