package game

import "errors"

// The ways in which a well-formed request can fail. Whoever answers the
// request tells them apart with errors.Is; everything else is our own fault.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("conflict")
	ErrUnknown  = errors.New("unknown visitor")
)
