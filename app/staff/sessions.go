package staff

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
)

// Me is who makes the request.
type Me struct {
	Name    string      `json:"name" example:"Sam Keeper"`
	Role    office.Role `json:"role" enum:"editor,keeper,admin" doc:"editor: species, pictures, trails, badges. keeper: also teaching, and captures under review. admin: also staff, settings and the audit log."`
	Script  bool        `json:"script" doc:"Whether it is a script with a token, not somebody signed in"`
	Expires time.Time   `json:"expires" doc:"When the session or the token ends"`
}

// SignIn is a name and a password.
type SignIn struct {
	Name     string `json:"name" maxLength:"200" example:"Sam Keeper"`
	Password string `json:"password" maxLength:"600" format:"password" example:"otter under the old bridge"`
}

// Acceptance follows a link.
type Acceptance struct {
	Link     string `json:"link" maxLength:"200" doc:"The end of the link, after the #"`
	Name     string `json:"name,omitempty" maxLength:"200" doc:"For the first account; others have one" example:"Sam Keeper"`
	Password string `json:"password" maxLength:"600" format:"password" doc:"At least 12 characters, and nothing that is easy to guess" example:"otter under the old bridge"`
}

// NewPassword changes a password.
type NewPassword struct {
	Old      string `json:"old" maxLength:"600" format:"password"`
	Password string `json:"password" maxLength:"600" format:"password" doc:"At least 12 characters, and nothing that is easy to guess"`
}

func me(c office.Caller) Me { return Me{c.Name, c.Role, c.Account == "", c.Expires} }

// signedIn is the answer that hands over a session.
type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

// signedOut is the answer that takes it back.
type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (d *Desk) sessions() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/session", "staff-me", "Who am I", "Who is signed in, or whose token it is.", everyone),
		func(ctx context.Context, in *empty) (*struct{ Body Me }, error) {
			return &struct{ Body Me }{me(callerOf(ctx))}, nil
		})

	type signIn struct {
		api.Reader
		browser
		Body SignIn
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/session", "staff-sign-in", "Sign in",
		"Hands the browser a session as a cookie that scripts of pages cannot read. A session that it had ends. "+
			"Too many wrong tries for a name or from an address have to wait.", anybody, http.StatusBadRequest, http.StatusUnauthorized, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *signIn) (*signedIn, error) {
			session, caller, err := d.Office.SignIn(ctx, in.Body.Name, in.Body.Password, in.address, in.session)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &signedIn{in.cookie(session), me(caller)}, nil
		})

	type accept struct {
		api.Reader
		browser
		Body Acceptance
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/links", "staff-accept-link", "Follow a link",
		"Takes a link that works once: the first one, which the service prints when it starts and which makes the first admin, "+
			"or one that an admin made for an account. Sets the password and signs in.", anybody, http.StatusBadRequest, http.StatusGone, http.StatusConflict, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *accept) (*signedIn, error) {
			session, caller, err := d.Office.Follow(ctx, office.Secret(in.Body.Link), in.Body.Name, in.Body.Password)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &signedIn{in.cookie(session), me(caller)}, nil
		})

	type leave struct {
		api.Reader
		browser
	}
	for _, out := range []struct {
		path, id, summary, description string
		everywhere                     bool
	}{
		{"/session", "staff-sign-out", "Sign out", "Ends the session.", false},
		{"/sessions", "staff-sign-out-everywhere", "Sign out everywhere", "Ends all sessions of the account, in every browser.", true},
	} {
		op := d.operation(http.MethodDelete, out.path, out.id, out.summary, out.description, persons)
		op.DefaultStatus = http.StatusNoContent
		huma.Register(d.huma, op, func(ctx context.Context, in *leave) (*signedOut, error) {
			if err := d.Office.SignOut(ctx, callerOf(ctx), out.everywhere); err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &signedOut{in.cookie("")}, nil
		})
	}

	type setPassword struct {
		api.Reader
		browser
		Body NewPassword
	}
	op := d.operation(http.MethodPut, "/session/password", "staff-set-password", "Choose another password",
		"Changes the password of who is signed in, and ends all their other sessions.", persons, http.StatusBadRequest, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(d.huma, op, func(ctx context.Context, in *setPassword) (*struct{}, error) {
		if err := d.Office.SetPassword(ctx, callerOf(ctx), in.Body.Old, in.Body.Password, in.address); err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return nil, nil
	})
}
