package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/zoodex/zoodex/app/staff/office"
)

type judgedList struct {
	Captures []struct {
		Visitor, ID, Nickname, Outcome, Void, Now, NowVoid string
		Recognised                                         *struct{ Slug string }
		Remarks                                            []struct{ Kind, Who, Reason string }
	}
	Next string
}

// Staff see what was decided and why, take a capture out of the game, and the
// board follows at once.
func TestStaffJudgeCaptures(t *testing.T) {
	t.Parallel()
	s := start(t)
	keeper := s.hire("Sam Keeper", office.Keeper)
	first, second := s.join(), s.join()
	lion := animal(t, "lion")
	caught := first.capture(lion).played(t)
	copied := second.capture(lion).played(t)
	first.send("PUT", "/v1/me/standings", `{"standings":true}`)
	list := func(query string) (l judgedList) {
		t.Helper()
		keeper.get("/captures?"+query).want(t, http.StatusOK).into(t, &l)
		return l
	}
	if l := list(""); len(l.Captures) != 1 || l.Captures[0].ID != copied.ID || l.Captures[0].Void != "copied" || l.Captures[0].Recognised.Slug != "lion" {
		t.Errorf("decided upon: %+v", l)
	}
	if l := list("reason=withdrawn"); len(l.Captures) != 0 {
		t.Errorf("withdrawn: %+v", l)
	}
	l := list("limit=1&nickname=" + url.QueryEscape(first.Nickname))
	if len(l.Captures) != 1 || l.Captures[0].ID != caught.ID || l.Captures[0].Visitor != first.ID || l.Next == "" {
		t.Fatalf("of %s: %+v", first.Nickname, l)
	}
	if l := list("limit=1&nickname=" + url.QueryEscape(first.Nickname) + "&after=" + l.Next); len(l.Captures) != 0 || l.Next != "" {
		t.Errorf("the page after the last: %+v", l)
	}
	judge := func(v *visitor, id, verdict, reason string) answer {
		t.Helper()
		return keeper.send("POST", "/captures/"+v.ID+"/"+id+"/verdict", fmt.Sprintf(`{"verdict":%q,"reason":%q}`, verdict, reason), "Content-Type", "application/json")
	}
	var j struct {
		Now, Void string
		Points    int
	}
	judge(first, caught.ID, "withdraw", "a poster").want(t, http.StatusOK).into(t, &j)
	if j.Now != "void" || j.Void != "withdrawn" || j.Points != -caught.Earned.Points {
		t.Errorf("withdrawn: %+v", j)
	}
	if page := first.standings("ever?around=me"); page.Total != 0 || page.Mine.Points != 0 {
		t.Errorf("on the board: %+v", page)
	}
	if l := list("reason=withdrawn"); len(l.Captures) != 1 || l.Captures[0].NowVoid != "withdrawn" || l.Captures[0].Remarks[0].Who != "Sam Keeper" || l.Captures[0].Remarks[0].Reason != "a poster" {
		t.Errorf("withdrawn: %+v", l)
	}
	judge(first, caught.ID, "restore", "it was a lion").want(t, http.StatusOK).into(t, &j)
	if page := first.standings("ever?around=me"); j.Now != "caught" || page.Total != 1 || page.Mine.Points != caught.Earned.Points {
		t.Errorf("restored: %+v, %+v", j, page)
	}
	judge(second, copied.ID, "pardon", "they stood side by side").want(t, http.StatusOK).into(t, &j)
	if j.Now != "caught" || j.Points <= 0 {
		t.Errorf("pardoned: %+v", j)
	}
	for what, a := range map[string]answer{
		"no capture":    judge(second, caught.ID, "withdraw", "why"),
		"nobody's":      judge(&visitor{service: s, ID: "0192f7e1-0000-7000-8000-000000000000"}, caught.ID, "withdraw", "why"),
		"no reason":     judge(first, caught.ID, "withdraw", ""),
		"no verdict":    judge(first, caught.ID, "hang", "why"),
		"another place": keeper.get("/captures?after=xyz"),
	} {
		if want := map[bool]int{true: http.StatusNotFound, false: http.StatusUnprocessableEntity}[what == "no capture" || what == "nobody's"]; a.status != want {
			t.Errorf("%s: %s", what, a)
		}
	}
	if n := s.count(`SELECT count(*) FROM audit WHERE action LIKE 'capture.%' AND who = 'Sam Keeper'`); n != 3 {
		t.Errorf("%d lines in the audit log", n)
	}
	verify(t, s.db, "after it")
}
