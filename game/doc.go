// Package game holds the rules of Zoodex: pure functions over values.
//
// Its words: a [Species] is an animal on display; a [Capture] is one photo a
// visitor took, and [Taken] what the rules see of it; [Rules] say what is
// earned for what; a [Referee] applies them. [Referee.Replay] turns a visitor's
// captures into a [State]: the collection, visits, points with the [Line]s of
// the ledger that say what for, level, badges and trails. [Compare] two states
// to learn what a capture earned, and [Settle] the ledger to write it down.
//
// Nothing earned is kept that does not follow from captures and rules. So a
// capture that arrives late, is undone, withdrawn or pardoned, a badge that is
// added later and a ledger that is to be verified all are the same thing: a
// replay. Captures are replayed in the order in which they were taken; the one
// decision that depends on other visitors and on the order of arrival, whether
// a photo is a copy ([FairPlay.Copy]), is made once, when a capture is recorded.
//
// Where to find what:
//
//	history.go    captures as the rules see them, and corrections
//	replay.go     from captures to everything earned; referee.go prepares it, gain.go compares
//	tally.go      what has to be remembered of captures, so that not all are replayed for the next
//	rules.go      what staff may tune, and what can be wrong with it
//	badge.go, trail.go, quiz.go, fairplay.go, calendar.go, group.go
//	ledger.go     lines of points, and how to bring a stored ledger up to date
//	standings.go  scores and ranks
//	tree.go       the groups of animals that visitors know
//	rules/        the rules a new zoo begins with, one readable file a topic
//	catalogue/    the species it begins with
//	store/        the game's state in Postgres
//
// To add a badge or a trail, edit rules/badges.yaml or add a file to
// rules/trails, and run the tests of that folder. A new kind of badge is a line
// in badgeKinds (badge.go) and, unless it is about species, one in award and
// badgeState (replay.go).
//
// The packages app and game/store call this one. It never talks HTTP or SQL,
// never sees a picture, and has no clock of its own: times are arguments.
package game
