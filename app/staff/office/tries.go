package office

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// Tries that were not right, in a quarter of an hour. A name has more of them
// over all addresses than at one, so that nobody can lock a colleague out from
// elsewhere without a botnet.
const (
	triesTime        = 15 * time.Minute
	triesNameAddress = 10
	triesAddress     = 40
	triesName        = 100
)

// RetryAfter is when it is worth trying again after ErrTooOften, at most.
const RetryAfter = triesTime

// try counts a try before it is made, so that many at once count as well.
// Names and addresses are kept as hashes, and no longer than the count takes.
func (o *Office) try(ctx context.Context, name, address string) error {
	for _, t := range []struct {
		key  []byte
		most int
	}{
		{tryKey("both", name, address), triesNameAddress},
		{tryKey("address", address), triesAddress},
		{tryKey("name", name), triesName},
	} {
		var tries int
		err := o.db.QueryRowContext(ctx, `
			INSERT INTO staff_tries AS t (key, since, tries) VALUES ($1, $2, 1) ON CONFLICT (key) DO UPDATE SET
				tries = CASE WHEN t.since < $3 THEN 1 ELSE t.tries + 1 END,
				since = CASE WHEN t.since < $3 THEN $2 ELSE t.since END
			RETURNING tries`, t.key, o.now(), o.now().Add(-triesTime)).Scan(&tries)
		if err != nil {
			return fmt.Errorf("count a try: %w", err)
		}
		if tries > t.most {
			return ErrTooOften
		}
	}
	return nil
}

// forgive forgets the tries of somebody who was right, and all that are over.
func (o *Office) forgive(ctx context.Context, tx Tx, name, address string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM staff_tries WHERE key = $1 OR since < $2`, tryKey("both", name, address), o.now().Add(-triesTime))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE staff_tries SET tries = tries - 1 WHERE key IN ($1, $2)`, tryKey("address", address), tryKey("name", name))
	return err
}

func tryKey(what string, of ...string) []byte {
	sum := sha256.Sum256([]byte(what + "\x00" + strings.ToLower(strings.Join(of, "\x00"))))
	return sum[:]
}
