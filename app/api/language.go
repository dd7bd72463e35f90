package api

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/zoodex/zoodex/game"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// Reader is the part of every input that says in which language to answer.
type Reader struct {
	AcceptLanguage string `header:"Accept-Language" doc:"Languages the visitor reads (RFC 9110). English, German and French are spoken; anything else is answered in English." example:"de-CH, en;q=0.8"`
}

// Language picks the best language for the reader.
func (r Reader) Language() game.Language { return negotiate(r.AcceptLanguage) }

var matcher = language.NewMatcher([]language.Tag{language.English, language.German, language.French})

// negotiate picks one of our languages by an Accept-Language header. What we
// do not speak, and what is no such header, is answered in English: a child
// with a Polish phone is better off with English than with an error.
func negotiate(header string) game.Language {
	if len(header) > 200 {
		header = header[:200]
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return game.English
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return game.English
	}
	return game.Languages[i]
}

// Messages are sentences by key and language. Their {placeholders} are filled
// by Say.
type Messages map[string]map[game.Language]string

// ReadMessages reads sentences from files of our own, which the tests have read
// before.
func ReadMessages(files fs.FS, names ...string) Messages {
	m := Messages{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err == nil {
			err = yaml.Unmarshal(text, &m)
		}
		if err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
	}
	return m
}

// Say gives the sentence of a key, with its placeholders filled.
func (m Messages) Say(l game.Language, key string, values map[string]string) string {
	s := m[key][l]
	for k, v := range values {
		s = strings.ReplaceAll(s, "{"+k+"}", v)
	}
	return s
}

// Check tells what is wrong with sentences, for the tests of who has some: one
// that is missing in a language, or whose placeholders are not those of the
// English one.
func (m Messages) Check() error {
	placeholder := regexp.MustCompile(`\{[^{}]*\}`)
	var wrong []error
	for key, texts := range m {
		if len(texts) != len(game.Languages) {
			wrong = append(wrong, fmt.Errorf("%s is said in %d languages", key, len(texts)))
		}
		var want []string
		for _, l := range game.Languages {
			text := texts[l]
			if strings.TrimSpace(text) != text || text == "" {
				wrong = append(wrong, fmt.Errorf("%s is %q in %s", key, text, l))
			}
			got := placeholder.FindAllString(text, -1)
			slices.Sort(got)
			if l == game.English {
				want = got
			} else if !slices.Equal(got, want) {
				wrong = append(wrong, fmt.Errorf("%s has the placeholders %v in %s, %v in English", key, got, l, want))
			}
		}
	}
	return errors.Join(wrong...)
}

//go:embed messages.yaml game.yaml
var messageFiles embed.FS

var messages = ReadMessages(messageFiles, "messages.yaml", "game.yaml")

func say(l game.Language, key string, values map[string]string) string {
	return messages.Say(l, key, values)
}
