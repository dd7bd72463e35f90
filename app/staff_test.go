package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
)

const goodPassword = "otter under the old bridge"

// colleague is somebody of the staff, or a script of theirs.
type colleague struct {
	*service
	name          string
	header, value string // what the requests carry
}

// hire makes an account with a role, and signs in.
func (s *service) hire(name string, role office.Role) *colleague {
	s.t.Helper()
	if _, err := office.New(s.db.SQL(), time.Now).Add(s.t.Context(), "(test)", name, role, goodPassword); err != nil {
		s.t.Fatal(err)
	}
	return s.signIn(name)
}

func (s *service) signIn(name string) *colleague {
	s.t.Helper()
	a := s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"`+name+`","password":"`+goodPassword+`"}`))
	if a.status != http.StatusOK {
		s.t.Fatalf("%s cannot sign in: %s", name, a)
	}
	return &colleague{s, name, "Cookie", a.session(s.t)}
}

// session gives the cookie of an answer, as it is sent back.
func (a answer) session(t testing.TB) string {
	t.Helper()
	cookies := (&http.Response{Header: a.header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("the cookies are %v", cookies)
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

// script makes a token with a role.
func (s *service) script(role office.Role) *colleague {
	s.t.Helper()
	name := "script " + uuid.NewString()
	_, secret, err := office.New(s.db.SQL(), time.Now).AddToken(s.t.Context(), "(test)", name, role, 1)
	if err != nil {
		s.t.Fatal(err)
	}
	return &colleague{s, name, "Authorization", "Bearer " + string(secret)}
}

func (c *colleague) ask(method, path string, body io.Reader, headers ...string) answer {
	c.t.Helper()
	return c.service.ask(method, "/staff/v1"+path, body, append([]string{c.header, c.value}, headers...)...)
}

func (c *colleague) send(method, path, body string, headers ...string) answer {
	c.t.Helper()
	return c.ask(method, path, strings.NewReader(body), headers...)
}

func (c *colleague) get(path string, headers ...string) answer {
	c.t.Helper()
	return c.ask("GET", path, nil, headers...)
}

// want checks the status of an answer.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("answered %.600s, want status %d", a, status)
	}
	return a
}

// Every call of the staff desk, as the document has it, with every role signed
// in and by token, and with everybody who has no business there: who may not is
// refused and changes nothing; who may is answered as documented.
func TestOnlyWhoMayCallsTheStaffDesk(t *testing.T) {
	t.Parallel()
	s := start(t)
	d := s.document()
	visitor := s.join()
	people, scripts := map[office.Role]*colleague{}, map[office.Role]*colleague{}
	for _, role := range office.Roles {
		people[role] = s.hire("Somebody "+string(role), role)
		scripts[role] = s.script(role)
	}
	gone := s.signIn("Somebody admin")
	gone.ask("DELETE", "/session", nil).want(t, http.StatusNoContent)
	barred := s.hire("Barred", office.Admin)
	s.run(`UPDATE staff SET active = false WHERE name = 'Barred'`)
	over := s.script(office.Admin)
	s.run(`UPDATE staff_tokens SET expires_at = now() WHERE name = ?`, over.name)
	strangers := map[string]*colleague{
		"nobody":                   {s, "", "X-Nothing", "x"},
		"a session of nobody":      {s, "", "Cookie", "zoodex_staff=" + strings.Repeat("A", 43)},
		"an empty session":         {s, "", "Cookie", "zoodex_staff="},
		"a session that has ended": gone,
		"somebody barred":          barred,
		"a visitor's token":        {s, "", "Authorization", "Bearer " + visitor.Token},
		"a visitor's cookie":       {s, "", "Cookie", "zoodex_staff=" + visitor.Token},
		"a token that is over":     over,
		"a session as a token":     {s, "", "Authorization", "Bearer " + strings.TrimPrefix(people[office.Admin].value, "zoodex_staff=")},
		"a token as a session":     {s, "", "Cookie", "zoodex_staff=" + strings.TrimPrefix(scripts[office.Admin].value, "Bearer ")},
	}
	calls := 0
	for path, operations := range d.Paths {
		for method, op := range operations {
			method = strings.ToUpper(method)
			at, ours := strings.CutPrefix(strings.NewReplacer("{id}", uuid.NewString(), "{visitor}", uuid.NewString(), "{slug}", "lion", "{version}", "1").Replace(path), "/staff/v1")
			if !ours {
				// And no member of the staff is a visitor.
				if len(op.Security) > 0 && op.Security[0]["visitor"] != nil {
					a := s.ask(method, strings.NewReplacer("{id}", uuid.NewString(), "{slug}", "lion", "{member}", uuid.NewString()).Replace(path), nil, scripts[office.Admin].header, scripts[office.Admin].value)
					if a.status != http.StatusUnauthorized {
						t.Errorf("%s %s with a staff token: %s", method, path, a)
					}
				}
				continue
			}
			t.Run(op.OperationID, func(t *testing.T) {
				call := func(c *colleague, headers ...string) answer {
					calls++
					var body io.Reader
					if op.RequestBody != nil {
						body = strings.NewReader(`{}`)
					}
					a := c.ask(method, at, body, headers...)
					documented, ok := op.Responses[fmt.Sprint(a.status)]
					if !ok {
						t.Errorf("status %d is not documented: %.300s", a.status, a)
					} else if len(a.body) > 0 {
						media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
						content, ok := documented.Content[media]
						if !ok {
							t.Errorf("status %d is documented as %v, not as %s", a.status, documented.Content, media)
						} else if strings.HasSuffix(media, "json") {
							var value any
							a.into(t, &value)
							if found := d.deviation(content.Schema, value, "answer"); found != "" {
								t.Errorf("status %d: %s", a.status, found)
							}
						}
					}
					return a
				}
				refused := func(who, kind string, a answer) {
					if a.kind() != kind {
						t.Errorf("%s: %.300s, want %s", who, a, kind)
					}
				}
				if len(op.Security) == 0 {
					if a := call(strangers["nobody"]); a.kind() == "no-session" {
						t.Errorf("nobody: %s", a)
					}
					return
				}
				if len(op.Roles) == 0 {
					t.Fatal("the document does not say who may call")
				}
				before := s.count(`SELECT count(*) FROM audit`)
				for who, c := range strangers {
					refused(who, "no-session", call(c))
				}
				takesScripts := slices.ContainsFunc(op.Security, func(m map[string][]string) bool { return m["staffToken"] != nil })
				for _, role := range office.Roles {
					if may := slices.Contains(op.Roles, string(role)); !may {
						refused(string(role), "not-your-role", call(people[role]))
					}
					if !takesScripts || !slices.Contains(op.Roles, string(role)) {
						refused(string(role)+"'s script", "not-your-role", call(scripts[role]))
					}
					if method != http.MethodGet && method != http.MethodHead {
						refused("another site", "other-site", call(people[role], "Sec-Fetch-Site", "cross-site"))
						refused("a sister site", "other-site", call(people[role], "Sec-Fetch-Site", "same-site"))
						refused("another origin", "other-site", call(people[role], "Origin", "https://example.org"))
					}
				}
				if after := s.count(`SELECT count(*) FROM audit`); after != before {
					t.Errorf("those who may not have changed %d things", after-before)
				}
				for _, role := range office.Roles {
					if !slices.Contains(op.Roles, string(role)) {
						continue
					}
					callers := []*colleague{people[role]}
					if takesScripts {
						callers = append(callers, scripts[role])
					}
					for _, c := range callers {
						if a := call(c); slices.Contains([]string{"no-session", "not-your-role", "other-site", "internal"}, a.kind()) {
							t.Errorf("%s may, and is answered %s", role, a)
						}
					}
					if people[role].get("/session").status == http.StatusUnauthorized { // signed out by the call
						people[role] = s.signIn(people[role].name)
					}
				}
			})
		}
	}
	if calls < 200 {
		t.Errorf("only %d calls were made", calls)
	}
}

// The link that the service prints makes the first admin, and then nobody.
func TestTheFirstLinkMakesTheFirstAdminOnce(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	s, link := startWithLink(t, url)
	second, other := startWithLink(t, url)
	accept := func(s *service, link, password string) answer {
		return s.ask("POST", "/staff/v1/links", strings.NewReader(`{"link":"`+link+`","name":"Sam Keeper","password":"`+password+`"}`))
	}
	// A refused password leaves the link as it was.
	for password, why := range map[string]string{"short": "12", "password1234": "guess", strings.Repeat("long and winding ", 20): "128"} {
		a := accept(s, link, password)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.body), why) || !strings.Contains(string(a.body), "body.password") {
			t.Errorf("the password %q: %s", password, a)
		}
	}
	a := accept(s, link, goodPassword).want(t, http.StatusOK)
	sam := &colleague{s, "Sam Keeper", "Cookie", a.session(t)}
	var me struct{ Name, Role string }
	sam.get("/session").want(t, http.StatusOK).into(t, &me)
	if me.Name != "Sam Keeper" || me.Role != "admin" {
		t.Errorf("the first account is %+v", me)
	}
	for _, used := range []string{link, other, "made-up"} {
		if a := accept(second, used, goodPassword); a.status != http.StatusGone || a.kind() != "link-over" {
			t.Errorf("used again: %s", a)
		}
	}
	if _, third := startWithLink(t, url); third != "" {
		t.Error("a link was made though there is an account")
	}
	if s.log.has(link) || s.log.has(goodPassword) || s.rowsWith(link) > 0 || s.rowsWith(goodPassword) > 0 {
		t.Error("a secret is in the log or the database")
	}
}

func startWithLink(t testing.TB, url string) (*service, string) {
	s := start(t, func(c *app.Config) { c.DatabaseURL = url })
	_, link, _ := strings.Cut(s.running.FirstLink(), "/staff#link=")
	return s, link
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	s := start(t)
	here := s.hire("Sam", office.Editor)
	there := s.signIn("sam") // names are the same however they are spelt
	a := s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Sam","password":"`+goodPassword+`"}`), here.header, here.value)
	cookie := (&http.Response{Header: a.header}).Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/staff" || cookie.Secure || cookie.MaxAge < 3600 {
		t.Errorf("the cookie is %s", cookie)
	}
	// The session is a new one, and the one that the browser came with is over.
	if cookie.Value == strings.TrimPrefix(here.value, "zoodex_staff=") {
		t.Error("signing in goes on with the session that was there")
	}
	here.get("/session").want(t, http.StatusUnauthorized)
	here.value = a.session(t)
	// Nor can a session be planted.
	planted := "zoodex_staff=" + strings.Repeat("P", 43)
	s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Sam","password":"`+goodPassword+`"}`), "Cookie", planted).want(t, http.StatusOK)
	(&colleague{s, "", "Cookie", planted}).get("/session").want(t, http.StatusUnauthorized)

	here.ask("DELETE", "/session", nil).want(t, http.StatusNoContent)
	here.get("/session").want(t, http.StatusUnauthorized)
	there.get("/session").want(t, http.StatusOK)
	here = s.signIn("Sam")
	if a := here.ask("DELETE", "/sessions", nil).want(t, http.StatusNoContent); !strings.Contains(a.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie stays: %s", a.header)
	}
	there.get("/session").want(t, http.StatusUnauthorized)

	// A new password ends the other sessions, and only the new one fits.
	here, there = s.signIn("Sam"), s.signIn("Sam")
	here.send("PUT", "/session/password", `{"old":"wrong","password":"kiwi beside a warm stone"}`).want(t, http.StatusUnauthorized)
	here.send("PUT", "/session/password", `{"old":"`+goodPassword+`","password":"sunshine2024"}`).want(t, http.StatusUnprocessableEntity)
	here.send("PUT", "/session/password", `{"old":"`+goodPassword+`","password":"kiwi beside a warm stone"}`).want(t, http.StatusNoContent)
	here.get("/session").want(t, http.StatusOK)
	there.get("/session").want(t, http.StatusUnauthorized)
	a = s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Sam","password":"`+goodPassword+`"}`))
	if a.status != http.StatusUnauthorized || a.kind() != "wrong-sign-in" {
		t.Errorf("the old password: %s", a)
	}
	unknown := s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Nobody","password":"`+goodPassword+`"}`))
	if unknown.kind() != "wrong-sign-in" {
		t.Errorf("an unknown name is told from a wrong password: %s", unknown)
	}
	for _, secret := range []string{goodPassword, "kiwi beside a warm stone", strings.TrimPrefix(here.value, "zoodex_staff=")} {
		if s.log.has(secret) || s.rowsWith(secret) > 0 {
			t.Errorf("a secret is in the log or the database")
		}
	}
}

// Behind TLS the session is sent over TLS only.
func TestTheSessionIsSecureBehindTLS(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *app.Config) { c.TrustedProxies = []string{"127.0.0.1"} })
	s.hire("Sam", office.Editor)
	a := s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Sam","password":"`+goodPassword+`"}`), "X-Forwarded-Proto", "https")
	if cookie := (&http.Response{Header: a.header}).Cookies()[0]; !cookie.Secure {
		t.Errorf("the cookie is %s", cookie)
	}
}

func TestPasswordsCannotBeTriedForLong(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *app.Config) { c.TrustedProxies = []string{"127.0.0.1"} })
	s.hire("Sam", office.Admin)
	s.hire("Kim", office.Editor)
	try := func(name, password, address string) answer {
		return s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"`+name+`","password":"`+password+`"}`), "X-Forwarded-For", address)
	}
	for range 10 {
		try("Sam", "wrong", "203.0.113.1").want(t, http.StatusUnauthorized)
	}
	a := try("SAM", goodPassword, "203.0.113.1")
	if a.status != http.StatusTooManyRequests || a.kind() != "too-many-tries" || a.header.Get("Retry-After") == "" {
		t.Errorf("the eleventh try: %s", a)
	}
	try("Kim", goodPassword, "203.0.113.1").want(t, http.StatusOK) // a colleague at the same address
	try("Sam", goodPassword, "203.0.113.2").want(t, http.StatusOK) // elsewhere
	for i := range 40 {
		try(fmt.Sprint("Name ", i), "wrong", "203.0.113.3")
	}
	try("Kim", goodPassword, "203.0.113.3").want(t, http.StatusTooManyRequests)
	for i := range 100 {
		try("Kim", "wrong", fmt.Sprintf("203.0.114.%d", i))
	}
	try("Kim", goodPassword, "203.0.113.4").want(t, http.StatusTooManyRequests)
	if s.rowsWith("203.0.113") > 0 {
		t.Error("an address is kept")
	}
	s.run(`UPDATE staff_tries SET since = since - interval '16 minutes'`)
	try("Kim", goodPassword, "203.0.113.4").want(t, http.StatusOK)
	if n := s.count(`SELECT count(*) FROM staff_tries`); n > 4 {
		t.Errorf("%d counts are kept that are over", n)
	}
}

func TestAdminsManageTheStaff(t *testing.T) {
	t.Parallel()
	s := start(t)
	boss := s.hire("The Boss", office.Admin)
	var kim struct{ ID, Link string }
	boss.send("POST", "/accounts", `{"name":"Kim","role":"editor"}`).want(t, http.StatusCreated).into(t, &kim)
	boss.send("POST", "/accounts", `{"name":"KIM","role":"editor"}`).want(t, http.StatusConflict)
	for _, name := range []string{"", "x", " Kim", "Kim ", "<b>Kim</b>", "Kim (script)", strings.Repeat("k", 61), "Kim\\n"} {
		boss.send("POST", "/accounts", `{"name":"`+name+`","role":"editor"}`).want(t, http.StatusUnprocessableEntity)
	}
	s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Kim","password":""}`)).want(t, http.StatusUnauthorized)
	a := s.ask("POST", "/staff/v1/links", strings.NewReader(`{"link":"`+kim.Link+`","name":"Somebody Else","password":"`+goodPassword+`"}`)).want(t, http.StatusOK)
	k := &colleague{s, "Kim", "Cookie", a.session(t)}
	k.get("/session").want(t, http.StatusOK)
	k.get("/accounts").want(t, http.StatusForbidden)
	boss.send("PATCH", "/accounts/"+kim.ID, `{"role":"admin"}`).want(t, http.StatusOK)
	k.get("/accounts").want(t, http.StatusOK) // at once
	boss.send("PATCH", "/accounts/"+kim.ID, `{"active":false}`).want(t, http.StatusOK)
	k.get("/session").want(t, http.StatusUnauthorized)
	s.ask("POST", "/staff/v1/session", strings.NewReader(`{"name":"Kim","password":"`+goodPassword+`"}`)).want(t, http.StatusUnauthorized)

	var all struct{ Accounts []struct{ ID, Name string } }
	boss.get("/accounts").into(t, &all)
	i := slices.IndexFunc(all.Accounts, func(a struct{ ID, Name string }) bool { return a.Name == "The Boss" })
	for _, last := range []answer{
		boss.send("PATCH", "/accounts/"+all.Accounts[i].ID, `{"role":"keeper"}`),
		boss.send("PATCH", "/accounts/"+all.Accounts[i].ID, `{"active":false}`),
		boss.ask("DELETE", "/accounts/"+all.Accounts[i].ID, nil),
	} {
		if last.status != http.StatusConflict || last.kind() != "last-admin" {
			t.Errorf("the last admin: %s", last)
		}
	}
	boss.get("/accounts").want(t, http.StatusOK)
	// A new link ends the old password's reign.
	boss.send("PATCH", "/accounts/"+kim.ID, `{"active":true}`)
	k = s.signIn("Kim")
	boss.ask("POST", "/accounts/"+kim.ID+"/link", nil).want(t, http.StatusCreated).into(t, &kim)
	k.get("/session").want(t, http.StatusUnauthorized)
	boss.ask("DELETE", "/accounts/"+kim.ID, nil).want(t, http.StatusNoContent)
	s.ask("POST", "/staff/v1/links", strings.NewReader(`{"link":"`+kim.Link+`","password":"`+goodPassword+`"}`)).want(t, http.StatusGone)
}

func TestTheAuditLogTellsWhoDidWhat(t *testing.T) {
	t.Parallel()
	s := start(t)
	boss, script := s.hire("The Boss", office.Admin), s.script(office.Admin)
	for i := range 3 {
		boss.send("POST", "/tokens", fmt.Sprintf(`{"name":"job %d","role":"keeper","days":2}`, i)).want(t, http.StatusCreated)
	}
	script.send("POST", "/accounts", `{"name":"Kim","role":"editor"}`).want(t, http.StatusCreated)
	var log struct {
		Entries []struct {
			ID, Who, Action, Subject string
			Details                  map[string]any
		}
		Next string
	}
	read := func(query string) (lines []string) {
		t.Helper()
		log.Entries, log.Next = nil, ""
		boss.get("/audit?"+query).want(t, http.StatusOK).into(t, &log)
		for _, e := range log.Entries {
			lines = append(lines, e.Who+" "+e.Action+" "+e.Subject)
		}
		return lines
	}
	if got, want := read("who=the+boss&action=token"), []string{"The Boss token.add job 2", "The Boss token.add job 1", "The Boss token.add job 0"}; !slices.Equal(got, want) {
		t.Errorf("the log is %q, want %q", got, want)
	}
	if got := read("subject=Kim&action=staff.add"); !slices.Equal(got, []string{script.name + " (script) staff.add Kim"}) || log.Entries[0].Details["role"] != "editor" {
		t.Errorf("the log is %q, %v", got, log.Entries)
	}
	var paged []string
	for page, rounds := "", 0; rounds < 10; rounds++ {
		paged = append(paged, read("action=token&limit=2"+page)...)
		if log.Next == "" {
			break
		}
		page = "&before=" + log.Next
	}
	if all := read("action=token"); !slices.Equal(paged, all) || len(all) != 4 {
		t.Errorf("in pages %q, at once %q", paged, all)
	}
	if got := read("until=2020-01-01T00:00:00Z"); len(got) != 0 {
		t.Errorf("before the zoo: %q", got)
	}
	if got := read("action=token.%25"); len(got) != 0 {
		t.Errorf("a pattern is taken for one: %q", got)
	}
	boss.get("/audit?limit=0").want(t, http.StatusUnprocessableEntity)
	boss.get("/audit?from=yesterday").want(t, http.StatusUnprocessableEntity)
}

func TestTokensOfScripts(t *testing.T) {
	t.Parallel()
	s := start(t)
	boss := s.hire("The Boss", office.Admin)
	var made struct{ ID, Secret, Name string }
	boss.send("POST", "/tokens", `{"name":"nightly export","role":"editor","days":30}`).want(t, http.StatusCreated).into(t, &made)
	boss.send("POST", "/tokens", `{"name":"Nightly Export","role":"editor","days":30}`).want(t, http.StatusConflict)
	script := &colleague{s, "", "Authorization", "Bearer " + made.Secret}
	script.get("/session").want(t, http.StatusOK)
	if a := boss.get("/tokens"); bytes.Contains(a.body, []byte(made.Secret)) || !bytes.Contains(a.body, []byte(`"used"`)) {
		t.Errorf("the tokens are listed as %s", a)
	}
	if s.rowsWith(made.Secret) > 0 || s.log.has(made.Secret) {
		t.Error("the secret is kept")
	}
	boss.ask("DELETE", "/tokens/"+made.ID, nil).want(t, http.StatusNoContent)
	script.get("/session").want(t, http.StatusUnauthorized)
	boss.ask("DELETE", "/tokens/"+made.ID, nil).want(t, http.StatusNotFound)
}
