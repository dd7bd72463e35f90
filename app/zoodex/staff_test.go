package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/app/database/databasetest"
)

// typed makes the text the standard input of this process for a while.
func typed(t *testing.T, text string) {
	t.Helper()
	in, err := os.Open(file(t, "input", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = in
	t.Cleanup(func() {
		os.Stdin = before
		in.Close()
	})
}

func TestTheStaffIsMadeByCommand(t *testing.T) {
	url := databasetest.URL(t)
	typed(t, "otter under the old bridge\n")
	code, out, err := runs("staff", "add", "Sam Keeper", "--database-url", url)
	if code != 0 || out != "Sam Keeper can sign in at /staff as admin.\n" {
		t.Fatalf("code %d, %q, %q", code, out, err)
	}
	code, out, err = runs("staff", "add", "Kim", "--role", "editor", "--generate", "--database-url", url)
	if code != 0 || !regexp.MustCompile(`(?m)^Password, shown only now: [A-Z2-7]{20}$`).MatchString(out) || strings.Contains(err, "Password") {
		t.Errorf("code %d, %q, %q", code, out, err)
	}
	code, out, err = runs("staff", "token", "nightly", "--role", "editor", "--days", "30", "--database-url", url)
	if code != 0 || !regexp.MustCompile(`^zoodex_staff_[\w-]{43}\n$`).MatchString(out) || strings.Contains(err, out) {
		t.Errorf("code %d, %q, %q", code, out, err)
	}
	if code, out, err := runs("staff", "token", "nightly", "--revoke", "--database-url", url); code != 0 || out != "The token nightly is revoked.\n" {
		t.Errorf("code %d, %q, %q", code, out, err)
	}
	for why, args := range map[string][]string{
		"is taken":   {"add", "sam keeper", "--generate"},
		"the name":   {"add", "<b>", "--generate"},
		"--role":     {"add", "Kim", "--role", "king"},
		"--generate": {"add", "Somebody"}, // the input is at its end
		"no such":    {"token", "nightly", "--revoke"},
		"1 to 3660":  {"token", "weekly", "--days", "0"},
		"expected":   {"add"},
	} {
		code, out, err := runs(append(append([]string{"staff"}, args...), "--database-url", url)...)
		last := err[strings.LastIndex(strings.TrimRight(err, "\n"), "\n")+1:]
		if code == 0 || out != "" || !strings.HasPrefix(last, "zoodex: ") || !strings.Contains(last, why) {
			t.Errorf("%v: code %d, %q, %q", args, code, out, err)
		}
	}
	typed(t, "sunshine2024\n")
	if code, _, err := runs("staff", "add", "Somebody", "--database-url", url); code == 0 || !strings.Contains(err, "too easy to guess") {
		t.Errorf("a common password: code %d, %q", code, err)
	}
}
