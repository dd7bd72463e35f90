package staff

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
)

// Account is somebody of the staff.
type Account struct {
	ID       string      `json:"id" format:"uuid"`
	Name     string      `json:"name" example:"Sam Keeper"`
	Role     office.Role `json:"role" enum:"editor,keeper,admin"`
	Active   bool        `json:"active" doc:"false: barred"`
	Ready    bool        `json:"ready" doc:"Whether a password was chosen"`
	Since    time.Time   `json:"since"`
	Seen     *time.Time  `json:"seen,omitempty" doc:"Last call of a session, to the minute; missing if there is none"`
	Sessions int         `json:"sessions" doc:"How many browsers are signed in"`
}

// NewAccount asks for an account.
type NewAccount struct {
	Name string      `json:"name" maxLength:"200" example:"Sam Keeper"`
	Role office.Role `json:"role" enum:"editor,keeper,admin"`
}

// AccountChange changes an account; what is left out stays.
type AccountChange struct {
	Role   *office.Role `json:"role,omitempty" enum:"editor,keeper,admin"`
	Active *bool        `json:"active,omitempty"`
}

// Link is a link that works once. Its page is /staff#link=….
type Link struct {
	Link    string    `json:"link" doc:"Shown once. Give it to the owner of the account, who chooses a password with it."`
	Expires time.Time `json:"expires"`
}

// AddedAccount is a new account and the link for its owner.
type AddedAccount struct {
	Account
	Link
}

// Accounts are all there are.
type Accounts struct {
	Accounts []Account `json:"accounts"`
}

func account(a office.Account) Account {
	return Account{a.ID, a.Name, a.Role, a.Active, a.Ready, a.Since, moment(a.Seen), a.Signed}
}

// moment leaves out what never was.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// ByID is an input that is about one thing.
type ByID struct {
	api.Reader
	ID string `path:"id" format:"uuid"`
}

func (d *Desk) accounts() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/accounts", "staff-accounts", "The staff", "Every account, by name.", admins),
		func(ctx context.Context, in *empty) (*struct{ Body Accounts }, error) {
			accounts, err := d.Office.Accounts(ctx)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			all := Accounts{make([]Account, len(accounts))}
			for i, a := range accounts {
				all.Accounts[i] = account(a)
			}
			return &struct{ Body Accounts }{all}, nil
		})

	type add struct {
		api.Reader
		Body NewAccount
	}
	op := d.operation(http.MethodPost, "/accounts", "staff-add-account", "Add somebody",
		"Makes an account and a link by which its owner chooses a password.", admins, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(d.huma, op, func(ctx context.Context, in *add) (*struct{ Body AddedAccount }, error) {
		by := callerOf(ctx).Who()
		a, err := d.Office.Add(ctx, by, in.Body.Name, in.Body.Role, "")
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		link, until, err := d.Office.Link(ctx, by, a.ID)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &struct{ Body AddedAccount }{AddedAccount{account(a), Link{string(link), until}}}, nil
	})

	type change struct {
		ByID
		Body AccountChange
	}
	huma.Register(d.huma, d.operation(http.MethodPatch, "/accounts/{id}", "staff-change-account", "Change an account",
		"Gives an account another role, or bars or admits it. Who is barred is signed out at once. The last admin stays.", admins,
		http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *change) (*struct{ Body Account }, error) {
			a, err := d.Office.Change(ctx, callerOf(ctx).Who(), in.ID, in.Body.Role, in.Body.Active)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &struct{ Body Account }{account(a)}, nil
		})

	op = d.operation(http.MethodDelete, "/accounts/{id}", "staff-remove-account", "Remove an account",
		"Removes an account for good; to bar it for a while, change it. What it did stays in the audit log. The last admin stays.", admins,
		http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(d.huma, op, func(ctx context.Context, in *ByID) (*struct{}, error) {
		if err := d.Office.Remove(ctx, callerOf(ctx).Who(), in.ID); err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return nil, nil
	})

	op = d.operation(http.MethodPost, "/accounts/{id}/link", "staff-link-account", "Make a link for a new password",
		"Ends the sessions of an account and makes a link by which its owner chooses a new password.", admins, http.StatusNotFound, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(d.huma, op, func(ctx context.Context, in *ByID) (*struct{ Body Link }, error) {
		link, until, err := d.Office.Link(ctx, callerOf(ctx).Who(), in.ID)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &struct{ Body Link }{Link{string(link), until}}, nil
	})
}
