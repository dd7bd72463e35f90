package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/app/staff/office"
)

// zooSize is how much there is in a zoo.
type zooSize struct {
	species, visitors, audit, photos, lessons, days int
}

var smallZoo, largeZoo = zooSize{179, 200, 1000, 50, 2, 30}, zooSize{2000, 40_000, 1_000_000, 5000, 40, 1095}

// table is a CSV of species that live only here, as many as the zoo lacks.
func (z zooSize) table() string {
	var b strings.Builder
	b.WriteString("slug,scientificName,class,order,family,group,conservation,continents,activity,awake,sleepHours,rarity,keys,art,onDisplay")
	for _, l := range []string{"en", "de", "fr"} {
		for _, f := range []string{"name", "habitat", "diet", "sleep", "surprise"} {
			fmt.Fprintf(&b, ",texts.%s.%s", l, f)
		}
	}
	b.WriteString("\n")
	for i := range z.species - smallZoo.species {
		letters := string([]byte{byte('a' + i/676%26), byte('a' + i/26%26), byte('a' + i%26)})
		fmt.Fprintf(&b, "fabled-%d,Fabula x%s,Mammalia,Carnivora,Felidae,big-cat,LC,africa asia,day,06:00-18:00,10,%d,,,true", i, letters, 1+i%5)
		for range 3 {
			fmt.Fprintf(&b, ",fabled %d,Far away in the hills %d.,Leaves and what falls from trees.,At night.,It has never been seen by anybody.", i, i)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// fill fills a zoo that has just begun: species by an import, all else in bulk.
// All visitors come today, five photos each, every fiftieth of which was decided
// upon; of the days before there are numbers only.
func (s *service) fill(z zooSize) *colleague {
	s.t.Helper()
	boss := s.hire("Boss", office.Admin)
	if z.species > smallZoo.species {
		boss.send("POST", "/imports/species?format=csv", z.table(), "Content-Type", "text/csv").want(s.t, http.StatusOK)
	}
	if n := s.count("SELECT count(*) FROM species"); n != z.species {
		s.t.Fatalf("there are %d species", n)
	}
	s.run(`INSERT INTO visitors (id, nickname, pass_code_hash, created_at) SELECT gen_random_uuid(), 'Brave Otter ' || i, sha256(i::text::bytea), now() - interval '1 hour' FROM generate_series(1, ?) i`, z.visitors)
	s.run(`
		WITH animals AS (
			SELECT array_agg(id ORDER BY number) AS ids FROM species WHERE on_display
		), taken AS (
			INSERT INTO captures (visitor_id, id, at, created_at, photo_sum, photo_sig, outcome, species_id, recognised, model, progress, withdrawn, pardoned, said, counted)
			SELECT v.id, gen_random_uuid(), v.at, v.at, sha256((v.n * 5 + i)::text::bytea), v.n * 5 + i, CASE WHEN void THEN 'void' ELSE 'caught' END,
				ids[(1 + (v.n * 7 + i * 13) % cardinality(ids))::int], ('{"confidence":0.9,"why":{"code":"clear"},"verdict":"certain"' || CASE WHEN void THEN ',"void":"copied"' ELSE '' END || '}')::jsonb,
				'test', '{"caught":0,"total":0,"points":0}', v.n = 1 AND i = 1, v.n = 2 AND i = 1, v.n = 3 AND i = 1, true
			FROM animals, (SELECT id, row_number() OVER (ORDER BY nickname) AS n, now() - interval '1 minute' AS at FROM visitors) v, generate_series(1, 5) i,
				LATERAL (SELECT (v.n * 5 + i) % 50 = 0 AS void) w
			RETURNING visitor_id, id, at, species_id, outcome
		)
		INSERT INTO ledger (visitor_id, capture_id, reason, key, points, at, created_at)
		SELECT visitor_id, id, 'catch', species_id::text, 10, at, at FROM taken WHERE outcome = 'caught'`)
	boss.get("/visits").want(s.t, http.StatusOK)
	s.run(`INSERT INTO visit_days (day, visits) SELECT current_date - i, 40000 FROM generate_series(2, ?) i`, z.days)
	s.run(`INSERT INTO visit_hours (day, hour, captures, catches) SELECT current_date - i, h, 20000, 4000 FROM generate_series(2, ?) i, generate_series(9, 18) h`, z.days)
	s.run(`INSERT INTO catches (board, species_id, n, last) SELECT 'day-' || to_char(current_date - i, 'YYYY-MM-DD'), id, 1 + number % 37, now() FROM generate_series(2, ?) i, species ON CONFLICT DO NOTHING`, z.days)
	s.run(`INSERT INTO catch_months (month, species_id, n) SELECT DISTINCT date_trunc('month', current_date - i), id, 1 + number % 370 FROM generate_series(2, ?) i, species ON CONFLICT DO NOTHING`, z.days)
	s.run(`INSERT INTO audit (at, who, action, subject, details)
		SELECT now() - (?::int - i) * interval '1 minute', 'Sam ' || i % 20, CASE WHEN i = 5 THEN 'staff.add' ELSE 'species.edit' END, 'subject ' || i % 1000, '{"version":3}' FROM generate_series(1, ?) i`, z.audit, z.audit)
	s.run(`INSERT INTO lessons (id, species_id, created_at) SELECT gen_random_uuid(), id, now() FROM species ORDER BY slug IN ('lion', 'tiger') DESC, number LIMIT ?`, z.lessons)
	s.run(`
		INSERT INTO lesson_photos (id, lesson_id, name, sum, bytes, width, height, created_at)
		SELECT gen_random_uuid(), l.id, 'photo ' || i || '.jpg', sha256(i::text::bytea), 30000, 640, 480, now()
		FROM lessons l JOIN species s ON s.id = l.species_id, generate_series(1, CASE WHEN s.slug = 'lion' THEN ? ELSE ? / 5 END) i`, z.photos, z.photos)
	s.run("VACUUM ANALYZE")
	return boss
}

// BenchmarkDesk times the lists of the staff desk in a small zoo and in a large
// one: 2,000 species, 200,000 photos today, three years of numbers, a million
// lines of the audit log, 40 lessons, one of which has 5,000 photos. What grows
// with the zoo, grows in the last column.
func BenchmarkDesk(b *testing.B) {
	desks := map[string]*colleague{}
	for name, size := range map[string]zooSize{"small": smallZoo, "large": largeZoo} {
		desks[name] = start(b, limits(unlimited)).fill(size)
	}
	took := map[string]time.Duration{}
	calls := deskCalls(b, desks)
	for _, c := range calls {
		for _, size := range []string{"small", "large"} {
			b.Run(c.name+"/"+size, func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					begin := time.Now()
					a := c.call(desks[size])
					times = append(times, time.Since(begin))
					if a.status != http.StatusOK {
						b.Fatal(a)
					}
				}
				slices.Sort(times)
				took[c.name+size] = times[len(times)/2]
				b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
			})
		}
	}
	for _, c := range calls {
		small, large := took[c.name+"small"], took[c.name+"large"]
		if small > 0 && large > 0 {
			b.Logf("%-32s %8.1f ms %8.1f ms %6.1f times", c.name, small.Seconds()*1000, large.Seconds()*1000, float64(large)/float64(small))
		}
	}
}

type deskCall struct {
	name string
	call func(c *colleague) answer
}

func deskCalls(b *testing.B, desks map[string]*colleague) []deskCall {
	thumbs := map[*colleague]string{}
	for _, c := range desks {
		got := c.ask("POST", "/lessons/tiger/photos?name=a.jpg", strings.NewReader(string(sketch("striped", 1))), "Content-Type", "image/jpeg").sent(b)
		thumbs[c] = got.Photos[0].ID
	}
	get := func(path string) func(c *colleague) answer { return func(c *colleague) answer { return c.get(path) } }
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	edits := 0
	lists := []deskCall{
		{"species", get("/species")},
		{"species, last page", get("/species?offset=150")},
		{"species by name", get("/species?sort=name")},
		{"species, searched", get("/species?search=lion")},
		{"species with gaps", get("/species?missing=fr")},
		{"species, checked as one types", func(c *colleague) answer {
			lion, _ := c.species("lion")
			return c.send("POST", "/species/check", strings.Replace(lion.with("en", "name", "a lion"), "{", `{"slug":"lion",`, 1))
		}},
		{"species, saved", func(c *colleague) answer {
			lion, tag := c.species("lion")
			edits++
			return c.send("PUT", "/species/lion", lion.with("en", "diet", fmt.Sprint("Zebras, and more ", edits)), "If-Match", tag)
		}},
		{"captures decided upon", get("/captures")},
		{"captures, copied", get("/captures?reason=copied")},
		{"captures, withdrawn", get("/captures?reason=withdrawn")},
		{"captures, closed", get("/captures?reason=closed")},
		{"captures of a visitor", get("/captures?nickname=" + url.QueryEscape("Brave Otter 17"))},
		{"audit log", get("/audit")},
		{"audit log, of somebody", get("/audit?who=Sam+7")},
		{"audit log, a rare action", get("/audit?action=staff")},
		{"audit log, species", get("/audit?action=species")},
		{"audit log, nothing", get("/audit?action=nothing")},
		{"audit log, of something", get("/audit?subject=subject+17")},
		{"audit log, of somebody rarely", get("/audit?who=Sam+5&action=staff")},
		{"visits of a month", get("/visits")},
		{"visits of three years", get("/visits?days=1096")},
		{"animals of a month", get("/visits/species")},
		{"animals of a year", get("/visits/species?days=365&order=least")},
		{"animals of three years", get("/visits/species?days=1095")},
		{"animals as a file", get("/exports/visits?table=species&days=365")},
		{"lessons", get("/lessons")},
		{"photos", get("/lessons/lion/photos")},
		{"photos, dropped", get("/lessons/lion/photos?state=dropped")},
		{"thumbnail", func(c *colleague) answer { return c.get("/photos/" + thumbs[c] + "/thumbnail") }},
	}
	lists = append(lists, deskCall{"audit log of an old day", func(c *colleague) answer {
		ago := c.count("SELECT extract(day FROM now() - min(at)) FROM audit")
		return c.get("/audit?from=" + day(ago) + "T00:00:00Z&until=" + day(ago-1) + "T00:00:00Z")
	}})
	return append(lists, deskCall{"photos, the last page", func(c *colleague) answer {
		return c.get("/lessons/lion/photos?after=fffffff0-0000-4000-8000-000000000000")
	}})
}
