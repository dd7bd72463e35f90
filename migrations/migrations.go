// Package migrations holds the schema of the database as goose files, forward
// and back. [database.Migrate] applies them when the service starts.
//
// A published file never changes; a change of the schema is a new file, written
// so that replicas of the version before it can go on running beside the new.
//
// [database.Migrate]: https://pkg.go.dev/github.com/zoodex/zoodex/app/database#Database.Migrate
package migrations

import "embed"

//go:embed *.sql
var FS embed.FS
