package game

import (
	"fmt"
	"math/rand/v2"
)

// Nicknames are made of two lists of ours and a number, never of what somebody
// typed, so nothing needs moderating. All German animals are masculine and all
// French ones too, so that every pair agrees.
var nicknames = map[Language]struct {
	format     string // of adjective, animal, number
	adjectives []string
	animals    []string
}{
	English: {"%[1]s %[2]s %[3]d",
		[]string{"Brave", "Bright", "Calm", "Clever", "Cosy", "Curious", "Daring", "Eager", "Fast", "Friendly", "Gentle", "Golden", "Happy", "Jolly", "Kind", "Lively", "Lucky", "Mighty", "Nimble", "Patient", "Playful", "Proud", "Quick", "Quiet", "Shiny", "Silver", "Sunny", "Swift", "Tall", "Warm", "Wild", "Wise"},
		[]string{"Badger", "Bear", "Beaver", "Bison", "Condor", "Crane", "Dolphin", "Eagle", "Falcon", "Fox", "Gecko", "Giraffe", "Hare", "Heron", "Ibex", "Jaguar", "Koala", "Lemur", "Lion", "Lynx", "Marmot", "Meerkat", "Otter", "Owl", "Panda", "Panther", "Penguin", "Puffin", "Raven", "Tapir", "Tiger", "Wombat"}},
	German: {"%[1]s %[2]s %[3]d",
		[]string{"Flinker", "Fleißiger", "Freundlicher", "Froher", "Frecher", "Geduldiger", "Goldener", "Heiterer", "Kluger", "Kühner", "Lebhafter", "Leiser", "Lieber", "Lustiger", "Mächtiger", "Munterer", "Mutiger", "Neugieriger", "Ruhiger", "Sanfter", "Scheuer", "Schlauer", "Schneller", "Silberner", "Sonniger", "Starker", "Stolzer", "Tapferer", "Wacher", "Weiser", "Wilder", "Witziger"},
		[]string{"Adler", "Bär", "Biber", "Bison", "Dachs", "Delfin", "Falke", "Fink", "Frosch", "Fuchs", "Gecko", "Gepard", "Hase", "Igel", "Jaguar", "Kauz", "Koala", "Kondor", "Kranich", "Leopard", "Löwe", "Luchs", "Otter", "Panda", "Panther", "Pinguin", "Rabe", "Specht", "Steinbock", "Storch", "Tapir", "Tiger"}},
	French: {"%[2]s %[1]s %[3]d",
		[]string{"Agile", "Aimable", "Ardent", "Argenté", "Brave", "Calme", "Charmant", "Clément", "Content", "Costaud", "Curieux", "Doré", "Doux", "Éveillé", "Fier", "Futé", "Gai", "Gentil", "Habile", "Hardi", "Joyeux", "Malin", "Patient", "Prudent", "Rapide", "Rieur", "Rusé", "Sage", "Serein", "Tranquille", "Vaillant", "Vif"},
		[]string{"Aigle", "Bison", "Bouquetin", "Castor", "Chamois", "Colibri", "Condor", "Dauphin", "Faucon", "Flamant", "Gecko", "Guépard", "Hérisson", "Hibou", "Ibis", "Jaguar", "Koala", "Lémurien", "Léopard", "Lièvre", "Lion", "Lynx", "Macareux", "Manchot", "Ours", "Panda", "Pélican", "Renard", "Suricate", "Tapir", "Tigre", "Toucan"}},
}

// NewNickname draws a nickname in the language, "Brave Otter 42", from r.
func NewNickname(l Language, r *rand.Rand) string {
	n, ok := nicknames[l]
	if !ok {
		n = nicknames[English]
	}
	return fmt.Sprintf(n.format, n.adjectives[r.IntN(len(n.adjectives))], n.animals[r.IntN(len(n.animals))], 1+r.IntN(99))
}
