// Package game holds the rules of Zoodex: pure functions over values.
//
// Its words: a Species is an animal on display; a Capture is one photo a
// visitor took, with its Outcome; Progress is what all captures of a visitor
// add up to. Whatever is earned is a pure function of captures, so a capture
// that is undone, or decided anew by a better network, only needs recomputing.
//
// The packages app and game/store call it. It never talks HTTP or SQL, never
// sees a picture, and has no clock of its own: times are arguments.
package game
