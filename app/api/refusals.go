package api

import (
	"errors"
	"net/http"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// The problems of the game.
var (
	noSuchCapture  = kind{"no-such-capture", http.StatusNotFound}
	notOffered     = kind{"not-offered", http.StatusUnprocessableEntity}
	noQuestion     = kind{"no-question", http.StatusNotFound}
	noSuchChoice   = kind{"no-such-choice", http.StatusUnprocessableEntity}
	wrongPassCode  = kind{"wrong-pass-code", http.StatusForbidden}
	noSuchGroup    = kind{"no-such-group", http.StatusNotFound}
	wrongGroupCode = kind{"wrong-group-code", http.StatusNotFound}
	codeExpired    = kind{"group-code-expired", http.StatusGone}
	groupFull      = kind{"group-full", http.StatusConflict}
	memberAlready  = kind{"member-already", http.StatusConflict}
	tooManyGroups  = kind{"too-many-groups", http.StatusConflict}
	noGroupKind    = kind{"no-such-group-kind", http.StatusUnprocessableEntity}
	notOwner       = kind{"not-the-owner", http.StatusForbidden}
)

func init() {
	for _, r := range refusals {
		kinds = append(kinds, r.kind)
	}
	kinds = append(kinds, noSuchCapture, noQuestion, noSuchGroup)
}

// refusals are what the rules of the game refuse, and how that is said.
var refusals = []struct {
	err  error
	kind kind
}{
	{game.ErrNotOffered, notOffered},
	{game.ErrChoice, noSuchChoice},
	{game.ErrPassCode, wrongPassCode},
	{game.ErrGroupCode, wrongGroupCode},
	{game.ErrCodeExpired, codeExpired},
	{game.ErrGroupFull, groupFull},
	{game.ErrGroupMember, memberAlready},
	{game.ErrTooManyGroups, tooManyGroups},
	{game.ErrGroupKind, noGroupKind},
	{store.ErrNotOwner, notOwner},
}

// refusal finds how to say what the rules refuse.
func refusal(err error) (kind, bool) {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.kind, true
		}
	}
	return kind{}, false
}

// failWithin is fail for calls about something that may not be there.
func (a *API) failWithin(l game.Language, err error, missing kind) error {
	if errors.Is(err, game.ErrNotFound) {
		return problem(l, missing, nil, err)
	}
	return a.fail(l, err)
}
