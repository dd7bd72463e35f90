package staff

import (
	"embed"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/vision"
)

//go:embed messages.yaml checks.yaml teaching.yaml
var messageFiles embed.FS

// messages are the sentences that the desk's routes say, by key and language.
var messages = api.ReadMessages(messageFiles, "messages.yaml", "teaching.yaml")

// kind is a class of problems: its name (the end of its type URI, and its key
// in messages.yaml) and its status.
type kind struct {
	name   string
	status int
}

var (
	noSession   = kind{"no-session", http.StatusUnauthorized}
	wrongSignIn = kind{"wrong-sign-in", http.StatusUnauthorized}
	notYourRole = kind{"not-your-role", http.StatusForbidden}
	otherSite   = kind{"other-site", http.StatusForbidden}
	tooManyTry  = kind{"too-many-tries", http.StatusTooManyRequests}
	linkOver    = kind{"link-over", http.StatusGone}
	nameTaken   = kind{"name-taken", http.StatusConflict}
	lastAdmin   = kind{"last-admin", http.StatusConflict}
	noSuchStaff = kind{"no-such-staff", http.StatusNotFound}

	noSuchSpecies   = kind{"no-such-species", http.StatusNotFound}
	noSuchCapture   = kind{"no-such-capture", http.StatusNotFound}
	noVersion       = kind{"no-version", http.StatusPreconditionRequired}
	noSuchImport    = kind{"no-such-import", http.StatusNotFound}
	editedSince     = kind{"edited-since", http.StatusConflict}
	editedMeanwhile = kind{"edited-meanwhile", http.StatusPreconditionFailed}
)

// refusals are what the layers below refuse, and how that is said.
var refusals = []struct {
	err  error
	kind kind
}{
	{office.ErrWrong, wrongSignIn},
	{office.ErrTooOften, tooManyTry},
	{office.ErrLink, linkOver},
	{office.ErrTaken, nameTaken},
	{office.ErrLastAdmin, lastAdmin},
	{office.ErrNotFound, noSuchStaff},
	{school.ErrNotFound, notInSchool},
	{school.ErrSpecies, noSuchSpecies},
	{school.ErrExists, lessonThere},
	{school.ErrBusy, trainingBusy},
	{school.ErrNotReady, headNotReady},
	{school.ErrOver, jobOver},
	{school.ErrCutOff, fileCutOff},
	{vision.ErrOutdated, headOutdated},
}

// fields are the values that the layers below refuse: which, and the key of why.
var fields = []struct {
	err      error
	field    string
	sentence string
}{
	{office.ErrShort, "body.password", "password.short"},
	{office.ErrLong, "body.password", "password.long"},
	{office.ErrGuessable, "body.password", "password.guessable"},
	{office.ErrName, "body.name", "name.form"},
}

// problem states a problem in the reader's language.
func problem(l game.Language, k kind, values map[string]string, cause error) *api.Problem {
	return api.NewProblem(messages, l, k.name, k.status, values, cause)
}

// fail turns any error of the layers below into a problem.
func (d *Desk) fail(l game.Language, err error) error {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			p := problem(l, r.kind, nil, err)
			if r.kind == tooManyTry {
				p.Wait(office.RetryAfter)
			}
			return p
		}
	}
	var details []*huma.ErrorDetail
	for _, f := range fields {
		if errors.Is(err, f.err) {
			values := map[string]string{"least": strconv.Itoa(office.MinPassword), "most": strconv.Itoa(office.MaxPassword)}
			details = append(details, &huma.ErrorDetail{Location: f.field, Message: messages.Say(l, f.sentence, values)})
		}
	}
	if details != nil {
		return api.Invalid(l, err, details...)
	}
	return d.API.Fail(l, err)
}
