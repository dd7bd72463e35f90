package staff

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
)

// AuditEntry is a line of the audit log.
type AuditEntry struct {
	ID      string         `json:"id"`
	At      time.Time      `json:"at"`
	Who     string         `json:"who" example:"Sam Keeper" doc:"Name of the account, of the script's token or of the command"`
	Action  string         `json:"action" example:"species.edit"`
	Subject string         `json:"subject" example:"lion" doc:"What was changed"`
	Details map[string]any `json:"details" doc:"What is worth knowing of it; depends on the action"`
}

// Audit is a page of the audit log.
type Audit struct {
	Entries []AuditEntry `json:"entries" doc:"The latest first"`
	Next    string       `json:"next,omitempty" doc:"Send it as before for the page that follows; missing on the last page"`
}

type auditInput struct {
	api.Reader
	Who     string    `query:"who" maxLength:"200" doc:"Only what this account, script or command did" example:"Sam Keeper"`
	Action  string    `query:"action" maxLength:"100" doc:"Only this action, or all that begin with this word" example:"species"`
	Subject string    `query:"subject" maxLength:"200" doc:"Only what was done to this" example:"lion"`
	From    time.Time `query:"from" doc:"Not before this time (RFC 3339)"`
	Until   time.Time `query:"until" doc:"Before this time (RFC 3339)"`
	Before  int64     `query:"before" minimum:"0" doc:"The next of the page before"`
	Limit   int       `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

func (d *Desk) audit() {
	huma.Register(d.huma, d.operation(http.MethodGet, "/audit", "staff-audit", "Who changed what", "Lines of the audit log, the latest first.", admins, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *auditInput) (*struct{ Body Audit }, error) {
			entries, more, err := d.Office.Log(ctx, office.Filter{Who: in.Who, Action: in.Action, Subject: in.Subject,
				From: in.From, Until: in.Until, Before: in.Before, Limit: in.Limit})
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			page := Audit{Entries: make([]AuditEntry, len(entries))}
			for i, e := range entries {
				page.Entries[i] = AuditEntry{strconv.FormatInt(e.ID, 10), e.At.UTC(), e.Who, e.Action, e.Subject, e.Details}
			}
			if more {
				page.Next = page.Entries[len(entries)-1].ID
			}
			return &struct{ Body Audit }{page}, nil
		})
}
