// Package model holds the network that knows the animals: its weights, the names of its classes,
// and the tree of animal groups those classes hang on. It is data only; nothing here computes.
//
// The network is EfficientNet-Lite2, trained on ImageNet-1k. README.md says where it comes from,
// under which licence, how export.py and labels.py made the files, and how pictures must be prepared.
package model

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
)

// Network is the ONNX file (opset 13, float32). Its input is [1,3,260,260]: RGB planes of
// (value-127)/128. Its outputs, in this order, are "map" [1,1280,9,9], the last feature map after
// ReLU6; "features" [1,1280], the map's mean over its 81 places; and "logits" [1,1000], before the
// softmax and in the order of [Labels].
//
//go:embed efficientnet-lite2.onnx
var Network []byte

// Ranges are the ranges of the network's values over some photos, CSV as the engine's Calibrate makes it: what it needs to
// compute in 8 bits. Vision's measure wrote them.
//
//go:embed ranges.csv
var Ranges string

// Name says which network answered; it changes whenever the weights do.
const Name = "efficientnet-lite2-1"

// Shapes of the network.
const (
	InputSize = 260  // side of the square input, pixels
	Features  = 1280 // channels of the last feature map
	MapSize   = 9    // side of the last feature map
	Classes   = 1000 // logits
)

// A Label is one class of the network.
type Label struct {
	Index     int    // place among the logits
	WordNetID string // "n02129165"; unique
	Name      string // "lion", the first lemma in WordNet; not unique: there are two cranes
	Group     string // key of the group tree, the leaf that fits best; "" for things
	Animal    bool
}

//go:embed labels.csv
var labelsCSV string

// Labels gives the 1000 classes in the order of the logits. The slice is shared: do not write to it.
func Labels() []Label { return labels() }

var labels = sync.OnceValue(func() []Label {
	rows, err := csv.NewReader(strings.NewReader(labelsCSV)).ReadAll()
	if err != nil {
		panic("model: labels.csv: " + err.Error()) // embedded, and a test reads it
	}
	labels := make([]Label, 0, Classes)
	for _, row := range rows[1:] {
		index, err := strconv.Atoi(row[0])
		if err != nil {
			panic("model: labels.csv: " + err.Error())
		}
		labels = append(labels, Label{Index: index, WordNetID: row[1], Name: row[2], Group: row[3], Animal: row[3] != ""})
	}
	return labels
})

// Root is the group of all animals.
const Root = "animal"

// Parent gives the group one step up the tree of animal groups, and "" for the root and for keys
// that are not in the tree.
func Parent(group string) string { return parents[group] }

// IsGroup tells whether the tree has such a group.
func IsGroup(group string) bool { return group == Root || parents[group] != "" }

// parents follows what a visitor sees rather than strict taxonomy: hornbills and toucans sit
// together, and so do armadillos and sloths.
var parents = map[string]string{
	"mammal": Root, "bird": Root, "reptile": Root, "amphibian": Root, "fish": Root, "insect": Root,
	"arachnid": Root, "crustacean": Root, "mollusc": Root, "echinoderm": Root, "jelly-coral": Root,
	"worm": Root, "centipede": Root, "trilobite": Root,

	"cat": "mammal", "big-cat": "cat", "small-cat": "cat",
	"dog": "mammal", "wolf": "dog", "fox": "dog", "domestic-dog": "dog",
	"primate": "mammal", "ape": "primate", "lemur": "primate",
	"monkey": "primate", "old-world-monkey": "monkey", "new-world-monkey": "monkey",
	"hoofed": "mammal", "horse": "hoofed", "pig": "hoofed", "hippo": "hoofed", "cattle": "hoofed",
	"sheep-goat": "hoofed", "antelope": "hoofed", "camel": "hoofed",
	"bear": "mammal", "mustelid": "mammal", "mongoose": "mammal", "hyena": "mammal",
	"red-panda": "mammal", "sea-lion": "mammal", "elephant": "mammal", "rodent": "mammal",
	"rabbit": "mammal", "armadillo-sloth": "mammal", "egg-laying-mammal": "mammal",
	"marsupial": "mammal", "whale": "mammal", "sea-cow": "mammal",

	"songbird": "bird", "raptor": "bird", "owl": "bird", "gamebird": "bird", "parrot": "bird",
	"hummingbird": "bird", "hornbill-toucan": "bird", "waterfowl": "bird", "wader": "bird",
	"seabird": "bird", "ostrich": "bird",

	"turtle": "reptile", "lizard": "reptile", "crocodilian": "reptile", "snake": "reptile", "dinosaur": "reptile",
	"salamander": "amphibian", "frog": "amphibian",
	"shark-ray": "fish", "bony-fish": "fish",
	"butterfly": "insect", "beetle": "insect", "other-insect": "insect",
}
