package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/migrations"
)

// asCommand makes this program, run again, the command itself.
const asCommand = "ZOODEX_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(databasetest.Main(m))
}

// runs runs a command in this process.
func runs(args ...string) (code int, out, err string) {
	var o, e bytes.Buffer
	code = run(args, output{&o, &e})
	return code, o.String(), e.String()
}

// A mistake is one plain sentence, and a code that scripts notice.
func TestAMistakeIsOneSentence(t *testing.T) {
	for _, args := range [][]string{
		{}, {"nonsense"}, {"serve", "nonsense"}, {"serve", "--nonsense"}, {"serve", "--listen", "127.0.0.1:0", "--limit-photo-megabytes", "0"},
		{"serve", "--limit-photo-megabytes", "201"}, {"serve", "--limit-photo-megabytes", "many"}, {"serve", "--limit-visitor-photos", "-"},
		{"serve", "--database-url", "garbage"}, {"serve", "--database-url", "postgres://zoodex:hush@127.0.0.1:1/zoodex"},
		{"serve", "--database-url", "postgres://localhost:notaport/"}, {"serve", "--data", "/dev/null/folder"},
		{"identify"}, {"identify", "--language", "pl", "photo.jpg"}, {"identify", "--nonsense"}, {"identify", "--precision", "int4", "photo.jpg"}, {"doctor", "--nonsense"}, {"version", "1"},
	} {
		code, out, err := runs(args...)
		if code == 0 || out != "" || !strings.HasPrefix(err, "zoodex: ") || strings.Count(err, "\n") != 1 || len(err) > 300 || strings.Contains(err, "hush") {
			t.Errorf("zoodex %s: code %d, out %q, error %q", strings.Join(args, " "), code, out, err)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	code, out, err := runs("version")
	if code != 0 || err != "" || !regexp.MustCompile(`^zoodex \S+\n$`).MatchString(out) {
		t.Errorf("version: %d, %q, %q", code, out, err)
	}
	version = "v1.2.3"
	defer func() { version = "" }()
	if _, out, _ := runs("version"); out != "zoodex v1.2.3\n" {
		t.Errorf("version: %q", out)
	}
	code, out, err = runs("--help")
	if code != 0 || err != "" {
		t.Errorf("help: %d, %q", code, err)
	}
	for _, want := range []string{"serve", "identify", "doctor", "version"} {
		if !strings.Contains(out, want) {
			t.Errorf("the help does not name %s", want)
		}
	}
	code, out, _ = runs("serve", "--help")
	for _, want := range []string{"--listen", "--data", "--database-url", "--trusted-proxies", "ZOODEX_DATABASE_URL"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("the help of serve does not name %s", want)
		}
	}
}

// picture writes a small picture that shows no animal.
func picture(t *testing.T, name string) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7 % 251)
	}
	m.SetGray(0, 0, color.Gray{uint8(len(name))})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return file(t, name, b.Bytes())
}

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lion is a real photo of a lion.
func lion(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("ZOODEX_TEST_PHOTOS")
	if folder == "" {
		folder = "../../../shared/data/photos"
	}
	files, _ := filepath.Glob(filepath.Join(folder, "imagen-det", "lion", "*"))
	if len(files) == 0 {
		t.Skip("no folder of test photos; set ZOODEX_TEST_PHOTOS")
	}
	return files[0]
}

func TestIdentifySaysOneLineAPhoto(t *testing.T) {
	lion := lion(t)
	for language, name := range map[string]string{"en": "lion", "de": "Löwe", "fr": "lion"} {
		code, out, err := runs("identify", "--language", language, lion)
		want := regexp.MustCompile("^" + regexp.QuoteMeta(lion) + ": certain, " + name + `, (0\.\d\d|1\.00)` + "\n$")
		if code != 0 || err != "" || !want.MatchString(out) {
			t.Errorf("%s: code %d, %q, %q", language, code, out, err)
		}
	}
}

func TestIdentifyComputesInBytesIfAsked(t *testing.T) {
	lion := lion(t)
	_, exact, _ := runs("identify", "--json", lion)
	code, out, err := runs("identify", "--json", "--precision", "int8", lion)
	if code != 0 || err != "" {
		t.Fatalf("code %d, %q, %q", code, out, err)
	}
	answer := object(t, out)
	if species, ok := answer["species"].(map[string]any); !ok || species["slug"] != "lion" {
		t.Errorf("answered %s", out)
	}
	if answer["confidence"] == object(t, exact)["confidence"] {
		t.Errorf("answered as in float32: %s", out)
	}
	t.Setenv("ZOODEX_PRECISION", "int8")
	_, again, _ := runs("identify", "--json", lion)
	if object(t, again)["confidence"] != answer["confidence"] {
		t.Errorf("by the environment it answered %s", again)
	}
}

func TestIdentifyAnswersJSON(t *testing.T) {
	lion := lion(t)
	code, out, err := runs("identify", "--json", lion)
	if code != 0 || err != "" || strings.Count(out, "\n") != 1 {
		t.Fatalf("code %d, %q, %q", code, out, err)
	}
	answer := object(t, out)
	species, ok := answer["species"].(map[string]any)
	if !ok || species["slug"] != "lion" || species["name"] != "lion" || answer["outcome"] != "certain" || answer["path"] != lion {
		t.Errorf("answered %s", out)
	}
	checkAnswer(t, answer)
	first := answer["candidates"].([]any)[0].(map[string]any)
	if first["index"] != 291.0 || first["wordnetId"] != "n02129165" || first["label"] == "" || first["species"].(map[string]any)["slug"] != "lion" {
		t.Errorf("the first candidate is %v", first)
	}
}

func TestIdentifySaysNullWhereThereIsNoSpecies(t *testing.T) {
	path := picture(t, "grey <&> \"ü\".png")
	code, out, err := runs("identify", "--json", path)
	if code != 0 || err != "" || !strings.Contains(out, `"species":null`) || !strings.Contains(out, "<&>") {
		t.Fatalf("code %d, %q, %q", code, out, err)
	}
	answer := object(t, out)
	if species, ok := answer["species"]; !ok || species != nil || answer["path"] != path {
		t.Errorf("answered %s", out)
	}
	checkAnswer(t, answer)
	code, out, _ = runs("identify", path)
	if want := regexp.MustCompile(`: (nothing|unsure|stranger), [^,]+, [01]\.\d\d\n$`); code != 0 || !strings.HasPrefix(out, path) || !want.MatchString(out) {
		t.Errorf("code %d, %q", code, out)
	}
}

// checkAnswer checks that an answer has the fields it is known by, and no others.
func checkAnswer(t *testing.T, answer map[string]any) {
	t.Helper()
	fields := func(of any, want ...string) {
		t.Helper()
		m, ok := of.(map[string]any)
		if got := slices.Sorted(maps.Keys(m)); !ok || !slices.Equal(got, want) {
			t.Errorf("the fields are %v, want %v", got, want)
		}
	}
	probability := func(v any) {
		t.Helper()
		if p, ok := v.(float64); !ok || p < 0 || p > 1 {
			t.Errorf("a confidence of %v", v)
		}
	}
	fields(answer, "candidates", "confidence", "milliseconds", "outcome", "path", "species")
	fields(answer["milliseconds"], "decode", "network", "prepare")
	for stage, ms := range answer["milliseconds"].(map[string]any) {
		if ms.(float64) <= 0 {
			t.Errorf("%s took %v ms", stage, ms)
		}
	}
	probability(answer["confidence"])
	if species := answer["species"]; species != nil {
		fields(species, "name", "slug")
	}
	candidates := answer["candidates"].([]any)
	if len(candidates) != 5 {
		t.Fatalf("%d candidates", len(candidates))
	}
	last := 1.0
	for _, c := range candidates {
		fields(c, "confidence", "index", "label", "species", "wordnetId")
		m := c.(map[string]any)
		probability(m["confidence"])
		if m["confidence"].(float64) > last {
			t.Errorf("the candidates are not in order")
		}
		last = m["confidence"].(float64)
		if m["species"] != nil {
			fields(m["species"], "name", "slug")
		}
	}
}

func object(t *testing.T, line string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return m
}

// Whatever fails, the others are answered, all in their order.
func TestIdentifyAnswersTheOthersWhenOneFails(t *testing.T) {
	good := []string{picture(t, "1.png"), picture(t, "2.png"), picture(t, "3.png")}
	text, short, folder := file(t, "notes.txt", []byte("I am a lion.")), file(t, "short.jpg", []byte{0xff, 0xd8, 0xff}), t.TempDir()
	missing, empty := filepath.Join(folder, "missing.jpg"), file(t, "empty.jpg", nil)
	paths := []string{good[0], text, good[1], short, folder, missing, good[2], empty, good[0]}
	says := map[string]string{folder: "folder", missing: "no such file"}

	code, out, err := runs(append([]string{"identify", "--json"}, paths...)...)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != 1 || len(lines) != len(paths) || strings.Count(err, "\n") != 1 {
		t.Fatalf("code %d, %d lines, %q", code, len(lines), err)
	}
	for i, line := range lines {
		answer := object(t, line)
		if answer["path"] != paths[i] {
			t.Errorf("line %d is of %v, want %s", i, answer["path"], paths[i])
		}
		if slices.Contains(good, paths[i]) {
			checkAnswer(t, answer)
			continue
		}
		text, _ := answer["error"].(string)
		if len(answer) != 2 || text == "" || !strings.Contains(text, says[paths[i]]) || strings.Contains(text, paths[i]) {
			t.Errorf("answered %s", line)
		}
	}

	code, out, _ = runs(append([]string{"identify"}, paths...)...)
	lines = strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != 1 || len(lines) != len(paths) {
		t.Fatalf("code %d, %d lines", code, len(lines))
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, paths[i]+": ") {
			t.Errorf("line %d is %q, want that of %s", i, line, paths[i])
		}
	}
}

func TestIdentifyNeedsNoDatabase(t *testing.T) {
	t.Setenv("ZOODEX_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
	t.Setenv("ZOODEX_DATA", "/dev/null/nowhere")
	if code, out, err := runs("identify", picture(t, "a.png")); code != 0 {
		t.Errorf("code %d, %q, %q", code, out, err)
	}
}

func TestADoctorFindsADatabaseAsItIs(t *testing.T) {
	url := databasetest.URL(t)
	line := func(out string) string {
		for _, l := range strings.Split(out, "\n") {
			if strings.Contains(l, "database") {
				return l
			}
		}
		return ""
	}
	for range 2 { // looking changes nothing
		code, out, err := runs("doctor", "--database-url", url, "--data", t.TempDir())
		if code != 0 || err != "" || !strings.HasPrefix(line(out), "✓") || !strings.Contains(line(out), "empty") {
			t.Errorf("an empty database: code %d, %q, %q", code, out, err)
		}
		for _, what := range []string{"processor", "network", "catalogue", "disk", "database"} {
			if !strings.Contains(out, "✓ "+what) {
				t.Errorf("%s was not found in order: %q", what, out)
			}
		}
	}
	db := databasetest.Open(t, migrations.FS)
	code, out, err := runs("doctor", "--database-url", db.URL(), "--data", t.TempDir())
	if code != 0 || err != "" || !strings.HasPrefix(line(out), "✓") || !strings.Contains(line(out), "current") {
		t.Errorf("a current database: code %d, %q, %q", code, out, err)
	}
	if err := db.Gorm().Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)").Error; err != nil {
		t.Fatal(err)
	}
	code, out, err = runs("doctor", "--database-url", db.URL(), "--data", t.TempDir())
	if code != 1 || !strings.HasPrefix(line(out), "✗") || !strings.Contains(line(out), "newer") || err == "" {
		t.Errorf("a newer database: code %d, %q, %q", code, out, err)
	}
	code, out, err = runs("doctor", "--database-url", "postgres://zoodex:hush@127.0.0.1:1/zoodex", "--data", t.TempDir())
	if code != 1 || !strings.HasPrefix(line(out), "✗") || strings.Contains(out+err, "hush") || !strings.Contains(out, "✓ network") {
		t.Errorf("no database: code %d, %q, %q", code, out, err)
	}
}

// process is the command in a process of its own.
type process struct {
	*exec.Cmd
	url      string
	out, err *notebook
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], args...), out: &notebook{}, err: &notebook{}}
	p.Env = append(os.Environ(), asCommand+"=1")
	p.Stdout, p.Stderr = p.out, p.err
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			p.Process.Signal(syscall.SIGTERM)
			p.Wait()
		}
	})
	return p
}

var ready = regexp.MustCompile(`(?m)^Zoodex is ready at (http://\S+)$`)

func serve(t *testing.T, args ...string) *process {
	t.Helper()
	p := start(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if found := ready.FindStringSubmatch(p.out.String()); found != nil {
			p.url = found[1]
			return p
		}
	}
	t.Fatalf("the service is not ready: %q, %q", p.out, p.err)
	return nil
}

// A service in a folder: a second one is refused and a doctor is not worried;
// told to stop, it answers what it was asked, then stops its database.
func TestAServiceStopsInOrder(t *testing.T) {
	folder := t.TempDir()
	p := serve(t, "--data", folder)

	begin := time.Now()
	second := start(t, "serve", "--listen", "127.0.0.1:0", "--data", folder)
	if err := second.Wait(); err == nil || !strings.Contains(second.err.String(), "already running on "+folder) || time.Since(begin) > 20*time.Second {
		t.Errorf("a second start after %s: %v, %q", time.Since(begin), err, second.err)
	}
	if out := second.out.String(); out != "" {
		t.Errorf("a second start says %q", out)
	}
	if code, out, err := runs("doctor", "--data", folder); code != 0 || !strings.Contains(out, "✓ database") || !strings.Contains(out, "running") || err != "" {
		t.Errorf("a doctor beside the service: code %d, %q, %q", code, out, err)
	}

	token := join(t, p.url)
	photo, err := os.ReadFile(picture(t, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	const clients = 16
	ids, answers := make([]string, clients), make([]chan []byte, clients)
	for i := range clients {
		ids[i], answers[i] = uuid.NewString(), make(chan []byte, 1)
		connection, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		fmt.Fprintf(connection, "PUT /v1/captures/%s HTTP/1.1\r\nHost: zoo\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", ids[i], token, len(photo), photo)
		go func() {
			defer close(answers[i])
			r, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				t.Errorf("capture %d was under way and is not answered: %v", i, err)
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil || r.StatusCode != http.StatusCreated {
				t.Errorf("capture %d: %d %s %v", i, r.StatusCode, body, err)
			}
			answers[i] <- body
		}()
	}
	waiting := regexp.MustCompile(`(?m)^zoodex_recognition_queue ([1-9]\d*)$`)
	done := regexp.MustCompile(`(?m)^zoodex_captures_total\{.*\} (\d+)$`)
	for begin := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		var queue, recorded int
		text := get(t, p.url+"/metrics")
		if found := waiting.FindStringSubmatch(text); found != nil {
			fmt.Sscan(found[1], &queue)
		}
		if found := done.FindStringSubmatch(text); found != nil {
			fmt.Sscan(found[1], &recorded)
		}
		if queue > 0 && queue+recorded >= clients-1 {
			break
		}
		if recorded == clients || time.Since(begin) > 20*time.Second {
			t.Fatalf("the captures were not caught under way: %d waiting, %d done", queue, recorded)
		}
	}
	p.Process.Signal(syscall.SIGTERM)
	kept := map[string][]byte{}
	for i := range clients {
		kept[ids[i]] = <-answers[i]
	}
	if err := p.Wait(); err != nil {
		t.Errorf("it ended with %v, %q", err, p.err)
	}
	log, from := p.err.String(), 0
	for _, step := range []string{"finishing the requests under way", "stopping the database", "database stopped"} {
		at := strings.Index(log[from:], step)
		if at < 0 {
			t.Fatalf("%q is not next in the log:\n%s", step, log)
		}
		from += at
	}

	// What was answered is there after the next start.
	again := serve(t, "--data", folder)
	for id, body := range kept {
		request, err := http.NewRequest("PUT", again.url+"/v1/captures/"+id, bytes.NewReader(photo))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		retried, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusOK || !bytes.Equal(retried, body) {
			t.Errorf("a retry is answered %d %s, first was %s", response.StatusCode, retried, body)
		}
	}
	again.Process.Signal(os.Interrupt)
	if err := again.Wait(); err != nil {
		t.Errorf("Ctrl-C ends it with %v, %q", err, again.err)
	}
}

func TestAPortInUseIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, _, said := runs("serve", "--listen", l.Addr().String(), "--database-url", databasetest.URL(t))
	last := said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:]
	if code != 1 || !strings.HasPrefix(last, "zoodex: ") || !strings.Contains(last, l.Addr().String()) || !strings.Contains(last, "--listen") {
		t.Errorf("code %d, %q", code, said)
	}
}

func join(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Post(url+"/v1/visitors", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var v struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&v); err != nil || v.Token == "" {
		t.Fatalf("no visitor was made: %v", err)
	}
	return v.Token
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// notebook is what a process writes, for a test to read meanwhile.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}
