package api

import (
	_ "embed"
	"fmt"
	"regexp"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/zoodex/zoodex/game"
)

//go:embed invalid.yaml
var invalidFile []byte

// hole is where a sentence of huma has a value.
var hole = regexp.MustCompile(`%[vsd]`)

// invalids are the sentences of huma about values that do not fit their schema,
// by their form, and what they are in other languages.
var invalids = sync.OnceValue(func() map[*regexp.Regexp]map[game.Language]string {
	var said map[string]map[game.Language]string
	if err := yaml.Unmarshal(invalidFile, &said); err != nil {
		panic(fmt.Sprintf("invalid.yaml: %v", err))
	}
	forms := map[*regexp.Regexp]map[game.Language]string{}
	for sentence, texts := range said {
		form := hole.ReplaceAllLiteralString(regexp.QuoteMeta(sentence), "(.*)")
		forms[regexp.MustCompile("^(?s)"+form+"$")] = texts
	}
	return forms
})

// sayInvalid says in a language what huma says of a value; in English what
// nobody has translated.
func sayInvalid(l game.Language, sentence string) string {
	if l == game.English {
		return sentence
	}
	for form, texts := range invalids() {
		values := form.FindStringSubmatch(sentence)
		if values == nil {
			continue
		}
		i := 0
		return hole.ReplaceAllStringFunc(texts[l], func(string) string { i++; return values[i] })
	}
	return sentence
}
