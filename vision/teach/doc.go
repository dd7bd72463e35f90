// Package teach lets keepers teach the network animals it has never seen, by sorting photos into
// folders.
//
// Three words carry it. A [Lesson] is species with their photos. Each photo gets a [Study]: what the
// network's last features make of it, in the two views that recognition takes and in a few altered
// ones. Studies are kept in a [Cache], so a lesson that was interrupted goes on and a second one
// takes moments. [Learn] studies a lesson's photos, fits a [vision.Head] to them and says in a [Report]
// how well it does on photos it had not seen:
//
//	folder ─ Lesson ─ Study (engine, Cache) ─ Learn ─ vision.Head + Report
//
// The network itself never changes. The head competes with the network's own classes in
// [vision.Decide], and answers only where a photo is like those that taught it. Nothing in here
// drops a photo silently: what is unreadable, doubled, tiny, blurred or odd is listed for a person.
//
// A service uses it like this; the command zoodex teach does nothing else:
//
//	l := &teach.Lesson{}
//	l.Add(&teach.Photo{Species: "okapi", ID: "…", Sum: sum, Open: open}) // and so on
//	result, err := teach.Learn(ctx, l, teach.Options{
//		Recognizer: r, Cache: cache, Residents: residents, Progress: progress,
//	})
//	file, err := result.Head.MarshalBinary() // immutable; result.Head.ID() is its version
//	report, err := json.Marshal(result.Report)
//	…
//	head, err := vision.ReadHead(file)
//	r.Use(head) // from now on, on all goroutines; Sighting.Head says who decided
//
// Ending ctx interrupts it at any moment; the same call again goes on from the cached studies. An
// error is a [*Error] when it is the photos that are wrong. The same photos give the same head,
// whatever was in the cache. README.md has the figures behind the numbers.
package teach
