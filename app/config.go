package app

import (
	"log/slog"
	"time"

	"github.com/zoodex/zoodex/app/api"
)

// Config is all that a service can be told. The zero value, with a Log, serves
// on a free port of the loopback address from its own Postgres.
type Config struct {
	Listen         string         // "host:port"
	DatabaseURL    string         // a Postgres; "" for our own, in Data
	Data           string         // data folder; "" for database.DefaultFolder
	Photos         string         // URL of the bucket of the staff's photos; "" for a folder in Data
	TrustedProxies []string       // addresses or CIDR ranges whose X-Forwarded-For is believed
	Kernel         string         // of the engine; "" for the best this CPU has
	Precision      string         // of the engine: "float32", which "" is too, or "int8"
	Zone           *time.Location // of a new zoo; nil for Europe/Berlin
	Limits         api.Limits
	Version        string
	Log            *slog.Logger
	Now            func() time.Time // nil for the system's clock
}
