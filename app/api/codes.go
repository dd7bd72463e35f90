package api

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"
)

// limitCodes bounds how many wrong codes one address may try in a minute.
// Right ones do not count, so that a class can join at once.
func (a *API) limitCodes(app *fiber.App) {
	if a.Limits.AddressCodes <= 0 {
		return
	}
	app.Use("/v1", limiter.New(limiter.Config{
		Max:                    a.Limits.AddressCodes,
		Expiration:             time.Minute,
		KeyGenerator:           func(c *fiber.Ctx) string { return "code " + c.IP() },
		Next:                   func(c *fiber.Ctx) bool { return !triesCode(c) },
		SkipSuccessfulRequests: true,
		LimitReached:           refuseTooOften,
	}))
}

func triesCode(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodPost && (c.Path() == "/v1/groups/join" || c.Path() == "/v1/me/phones")
}
