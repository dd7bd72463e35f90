package database_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gorm.io/gorm"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
)

var (
	oldSchema  = fstest.MapFS{"00001_a.sql": file("CREATE TABLE a (n int PRIMARY KEY)", "DROP TABLE a")}
	newSchema  = fstest.MapFS{"00001_a.sql": oldSchema["00001_a.sql"], "00002_b.sql": file("CREATE TABLE b ()", "DROP TABLE b")}
	slowSchema = fstest.MapFS{"00001_a.sql": file("CREATE TABLE a (); SELECT pg_sleep(0.5); INSERT INTO done DEFAULT VALUES", "DROP TABLE a")}
)

func file(up, down string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + up + ";\n-- +goose Down\n" + down + ";\n")}
}

func given(t *testing.T) *database.Database {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{URL: databasetest.URL(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func versions(t *testing.T, db *database.Database, fsys fstest.MapFS) string {
	t.Helper()
	have, want, err := db.Version(t.Context(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(have, " of ", want)
}

func TestMigrateGoesForwardStepByStep(t *testing.T) {
	db := given(t)
	if got := versions(t, db, newSchema); got != "0 of 2" {
		t.Errorf("empty: %s", got)
	}
	for _, schema := range []fstest.MapFS{oldSchema, newSchema, newSchema} {
		if err := db.Migrate(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
	}
	if got := versions(t, db, newSchema); got != "2 of 2" {
		t.Errorf("migrated: %s", got)
	}
	do(t, db, "SELECT FROM a, b")
}

func TestANewerSchemaIsRefusedAndLeftAlone(t *testing.T) {
	db := databasetest.Open(t, newSchema)
	err := db.Migrate(t.Context(), oldSchema)
	if !errors.Is(err, database.ErrNewer) || !strings.Contains(err.Error(), "version 2, this program knows 1") {
		t.Errorf("error = %v", err)
	}
	if got := versions(t, db, newSchema); got != "2 of 2" {
		t.Errorf("version = %s", got)
	}
}

func TestABrokenMigrationChangesNothing(t *testing.T) {
	db := databasetest.Open(t, oldSchema)
	broken := fstest.MapFS{"00001_a.sql": oldSchema["00001_a.sql"], "00002_b.sql": file("CREATE TABLE b (); nonsense", "")}
	if err := db.Migrate(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "00002_b.sql") {
		t.Errorf("error = %v", err)
	}
	if got := versions(t, db, newSchema); got != "1 of 2" {
		t.Errorf("version = %s", got)
	}
	if err := db.Migrate(t.Context(), newSchema); err != nil {
		t.Error(err)
	}
	if err := db.Migrate(t.Context(), fstest.MapFS{}); err == nil {
		t.Error("no migrations at all were accepted")
	}
}

func TestReplicasMigrateOnce(t *testing.T) {
	db := given(t)
	do(t, db, "CREATE TABLE done (at timestamptz DEFAULT now())")
	var replicas []*helper
	for range 3 {
		replicas = append(replicas, startHelper(t, "migrate", "URL="+db.URL()))
	}
	for _, r := range replicas {
		if said, err := r.rest(); err != nil {
			t.Errorf("%s (%v)", said, err)
		}
	}
	if n := ask[int](t, db, "SELECT count(*) FROM done"); n != 1 {
		t.Errorf("migrated %d times", n)
	}
}

func TestAWrongAddressIsOneSentenceWithoutThePassword(t *testing.T) {
	good, err := url.Parse(open(t, t.TempDir()).URL())
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(u *url.URL)) string {
		u := *good
		f(&u)
		return u.String()
	}
	for name, c := range map[string]struct{ url, want string }{
		"not an address":   {"postgres://zoo:hunter2@:x", "is not valid"},
		"another database": {"mysql://zoo:hunter2@localhost/zoo", "is not valid"},
		"words":            {"password=hunter2 port=many", "is not valid"},
		"nobody there":     {"postgres://zoo:hunter2@127.0.0.1:1/zoo", "connection refused"},
		"no such host":     {"postgres://zoo:hunter2@nowhere.invalid/zoo", "no such host"},
		"wrong password":   {change(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "hunter2") }), "password authentication failed"},
		"wrong user":       {change(func(u *url.URL) { u.User = url.UserPassword("eve", "hunter2") }), `user "eve"`},
		"wrong name":       {change(func(u *url.URL) { u.Path = "/circus" }), `"circus" does not exist`},
	} {
		t.Run(name, func(t *testing.T) {
			var notes notebook
			db, err := database.Open(t.Context(), database.Options{URL: c.url, Log: notes.log()})
			if err == nil {
				db.Close()
				t.Fatal("it opened")
			}
			t.Log(err)
			secret, _ := good.User.Password()
			for _, never := range []string{"hunter2", secret, "\n"} {
				if strings.Contains(err.Error(), never) || notes.has("hunter2") {
					t.Errorf("%q is in the error or the log: %v", never, err)
				}
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %q", err, c.want)
			}
		})
	}
}

func TestTimesAreReadAsUTCAndComeBackAsWritten(t *testing.T) {
	db := databasetest.Open(t, oldSchema)
	do(t, db, "CREATE TABLE visits (id int PRIMARY KEY, created_at timestamptz)")
	type Visit struct {
		ID        int
		CreatedAt time.Time
	}
	written := Visit{ID: 1}
	if err := db.Gorm().Create(&written).Error; err != nil {
		t.Fatal(err)
	}
	var read Visit
	if err := db.Gorm().First(&read).Error; err != nil {
		t.Fatal(err)
	}
	if read != written || read.CreatedAt.Location() != time.UTC {
		t.Errorf("read %v, written %v", read.CreatedAt, written.CreatedAt)
	}
	if err := db.Gorm().Create(&Visit{ID: 1}).Error; !errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("error = %v, want ErrDuplicatedKey", err)
	}
}

func TestASlowQueryIsLoggedWithoutItsParameters(t *testing.T) {
	var notes notebook
	db, err := database.Open(t.Context(), database.Options{URL: databasetest.URL(t), Log: notes.log()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(t, db, "SELECT pg_sleep(1.05), ?::text", "very-secret")
	db.Gorm().Exec("SELECT ?::int", "very-secret")
	if !notes.has("slow query") || !notes.has("pg_sleep(1.05), $1::text") || notes.has("very-secret") {
		t.Errorf("log:\n%s", notes.text.String())
	}
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	a, b := databasetest.Open(t, oldSchema), databasetest.Open(t, oldSchema)
	do(t, a, "INSERT INTO a VALUES (1)")
	if n := ask[int](t, b, "SELECT count(*) FROM a"); n != 0 {
		t.Errorf("%d rows of another test", n)
	}
}

func BenchmarkDatabaseForATest(b *testing.B) {
	databasetest.URL(b)
	for b.Loop() {
		databasetest.Open(b, newSchema)
	}
}
