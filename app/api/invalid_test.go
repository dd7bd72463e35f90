package api

import (
	"fmt"
	"testing"

	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/zoodex/zoodex/game"
)

func TestValuesThatDoNotFitAreRefusedInTheReadersLanguage(t *testing.T) {
	for _, c := range []struct {
		l           game.Language
		said, wants string
	}{
		{game.German, fmt.Sprintf(validation.MsgExpectedMaxLength, 80), "darf höchstens 80 Zeichen haben"},
		{game.French, fmt.Sprintf(validation.MsgExpectedRequiredProperty, "slug"), "a besoin de slug"},
		{game.German, fmt.Sprintf(validation.MsgExpectedOneOf, "on, off"), "muss eines von on, off sein"},
		{game.French, fmt.Sprintf(validation.MsgExpectedMinimumNumber, 1), "doit valoir au moins 1"},
		{game.German, fmt.Sprintf(validation.MsgExpectedRFC4122UUID, "invalid UUID length: 3"), "muss eine UUID sein"},
		{game.German, "required query parameter is missing", "fehlt (query)"},
		{game.English, validation.MsgExpectedInteger, validation.MsgExpectedInteger},
		{game.German, "something new", "something new"},
	} {
		if got := sayInvalid(c.l, c.said); got != c.wants {
			t.Errorf("%q is %q in %s, want %q", c.said, got, c.l, c.wants)
		}
	}
	for form, texts := range invalids() {
		for _, l := range game.Languages[1:] {
			if texts[l] == "" {
				t.Errorf("%s is not said in %s", form, l)
			}
		}
	}
}
