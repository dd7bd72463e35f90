package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"
)

// refuseTooOften says when the next minute begins, as the limiter has noted it.
func refuseTooOften(c *fiber.Ctx) error {
	p := problem(negotiate(c.Get(fiber.HeaderAcceptLanguage)), tooOften, nil, nil)
	p.wait, _ = strconv.Atoi(string(c.Response().Header.Peek(fiber.HeaderRetryAfter)))
	return p
}

// limit bounds the calls of one address and of one visitor, in minutes that
// begin with the first call. The counts are of one process: with several
// replicas a client gets as many times the limit.
func (a *API) limit(app *fiber.App) {
	perMinute := func(most int, key func(*fiber.Ctx) string, applies func(*fiber.Ctx) bool) {
		if most <= 0 {
			return
		}
		app.Use([]string{"/v1", "/staff/v1"}, limiter.New(limiter.Config{
			Max:          most,
			Expiration:   time.Minute,
			KeyGenerator: key,
			Next:         func(c *fiber.Ctx) bool { return !applies(c) },
			LimitReached: refuseTooOften,
		}))
	}
	address := func(c *fiber.Ctx) string { return "address " + c.IP() }
	perMinute(a.Limits.AddressCalls, address, func(c *fiber.Ctx) bool { return true })
	perMinute(a.Limits.AddressJoins, func(c *fiber.Ctx) string { return "join " + c.IP() },
		func(c *fiber.Ctx) bool { return c.Method() == fiber.MethodPost && c.Path() == "/v1/visitors" })
	perMinute(a.Limits.VisitorPhotos, func(c *fiber.Ctx) string {
		// The hash, so that no token is kept in memory.
		sum := sha256.Sum256([]byte(c.Get(fiber.HeaderAuthorization)))
		return "visitor " + hex.EncodeToString(sum[:])
	}, func(c *fiber.Ctx) bool {
		return strings.HasPrefix(c.Path(), "/v1/") && (c.Method() == fiber.MethodPut || c.Path() == "/v1/looks")
	})
}
