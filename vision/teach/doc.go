// Package teach lets keepers teach the network animals it has never seen, by sorting photos into
// folders.
//
// Three words carry it. A [Lesson] is species with their photos. Each photo gets a [Study]: what the
// network's last features make of it, in the two views that recognition takes and in a few altered
// ones. Studies are kept in a [Cache], so a lesson that was interrupted goes on and a second one
// takes moments. [Teach] fits a [vision.Head] to the studies and says in a [Report] how well it
// does on photos it had not seen:
//
//	folder ─ Lesson ─ Study (engine, Cache) ─ Teach ─ vision.Head + Report
//
// The network itself never changes. The head competes with the network's own classes in
// [vision.Decide], and answers only where a photo is like those that taught it. Nothing in here
// drops a photo silently: what is unreadable, doubled, tiny, blurred or odd is listed for a person.
// README.md has the figures behind the numbers.
package teach
