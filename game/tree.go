package game

// RootGroup is the group of all animals.
const RootGroup = "animal"

// ParentGroup gives the group one step up the tree of animal groups that
// visitors know, and "" for the root and for keys that are not in the tree.
// Recognition has the same tree; a test holds the two together.
func ParentGroup(group string) string { return parentGroups[group] }

// IsGroup tells whether the tree has such a group.
func IsGroup(group string) bool { return group == RootGroup || parentGroups[group] != "" }

// InGroup tells whether a group is another one or lies below it.
func InGroup(group, ancestor string) bool {
	for ; group != ""; group = ParentGroup(group) {
		if group == ancestor {
			return true
		}
	}
	return false
}

// groupDepth is how far below the root a group lies.
func groupDepth(group string) int {
	depth := 0
	for ; ParentGroup(group) != ""; group = ParentGroup(group) {
		depth++
	}
	return depth
}

// topGroup is the group of a group that lies right below the root: "mammal" of
// "big-cat". It is "" for the root and for unknown keys.
func topGroup(group string) string {
	for ParentGroup(group) != RootGroup && group != "" {
		group = ParentGroup(group)
	}
	return group
}

var parentGroups = func() map[string]string {
	parents := map[string]string{}
	for parent, groups := range map[string][]string{
		RootGroup: {"mammal", "bird", "reptile", "amphibian", "fish", "insect", "arachnid", "crustacean", "mollusc",
			"echinoderm", "jelly-coral", "worm", "centipede", "trilobite"},
		"mammal": {"cat", "dog", "bear", "mustelid", "mongoose", "hyena", "red-panda", "sea-lion", "primate", "elephant",
			"hoofed", "rodent", "rabbit", "armadillo-sloth", "egg-laying-mammal", "marsupial", "whale", "sea-cow"},
		"cat":     {"big-cat", "small-cat"},
		"dog":     {"wolf", "fox", "domestic-dog"},
		"primate": {"ape", "monkey", "lemur"},
		"monkey":  {"old-world-monkey", "new-world-monkey"},
		"hoofed":  {"horse", "pig", "hippo", "cattle", "sheep-goat", "antelope", "camel"},
		"bird": {"songbird", "raptor", "owl", "gamebird", "parrot", "hummingbird", "hornbill-toucan", "waterfowl",
			"wader", "seabird", "ostrich"},
		"reptile":   {"turtle", "lizard", "crocodilian", "snake", "dinosaur"},
		"amphibian": {"salamander", "frog"},
		"fish":      {"shark-ray", "bony-fish"},
		"insect":    {"butterfly", "beetle", "other-insect"},
	} {
		for _, g := range groups {
			parents[g] = parent
		}
	}
	return parents
}()
