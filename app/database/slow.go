package database

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// slowQueries is gorm's logger. It reports statements that take long, with $1 in
// place of each parameter; errors go to the caller alone.
type slowQueries struct{ log *slog.Logger }

var (
	_ logger.Interface  = slowQueries{}
	_ gorm.ParamsFilter = slowQueries{}
)

// placeholder is how gorm shows $1 when it is not given the parameter.
var placeholder = regexp.MustCompile(`\$(\d+)\$`)

func (q slowQueries) LogMode(logger.LogLevel) logger.Interface { return q }

func (q slowQueries) Info(context.Context, string, ...any)  {}
func (q slowQueries) Error(context.Context, string, ...any) {}

func (q slowQueries) Warn(ctx context.Context, format string, args ...any) {
	q.log.WarnContext(ctx, fmt.Sprintf(format, args...))
}

func (q slowQueries) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), _ error) {
	if took := time.Since(begin); took >= slowQuery {
		text, rows := statement()
		q.log.WarnContext(ctx, "slow query", "sql", placeholder.ReplaceAllString(text, "$$$1"), "rows", rows, "took", took.Round(time.Millisecond))
	}
}

func (q slowQueries) ParamsFilter(_ context.Context, statement string, _ ...any) (string, []any) {
	return statement, nil
}
