package app

import (
	"fmt"
	"io/fs"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/middleware/filesystem"
	"github.com/swaggest/swgui/v5emb"
	"github.com/zoodex/zoodex/web"
)

// contentPolicy allows nothing from elsewhere, and no inline script.
const contentPolicy = "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// docsPolicy is for the documentation of the API, whose viewer starts itself
// with an inline script.
const docsPolicy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; " +
	"object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

// pages serves the pages for people: the embedded front end at /, /board and
// /staff, and the documentation of the API at /docs.
func pages(app *fiber.App) error {
	docs := v5emb.New("Zoodex", "/openapi.json", "/docs/")
	app.Get("/docs/*", func(c *fiber.Ctx) error {
		if c.Path() == "/docs" {
			return c.Redirect("/docs/")
		}
		c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
		return adaptor.HTTPHandler(docs)(c)
	})

	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return fmt.Errorf("open the pages: %w", err)
	}
	for _, page := range []string{"board", "staff"} {
		app.Get("/"+page, func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderCacheControl, "no-cache")
			return filesystem.SendFile(c, http.FS(dist), page+".html")
		})
	}
	app.Get("/*", func(c *fiber.Ctx) error {
		// Files that the build names by their content never change.
		if strings.HasPrefix(c.Path(), "/assets/") {
			c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		} else {
			c.Set(fiber.HeaderCacheControl, "no-cache")
		}
		return c.Next()
	}, filesystem.New(filesystem.Config{Root: http.FS(dist)}), func(c *fiber.Ctx) error {
		c.Response().Header.Del(fiber.HeaderCacheControl)
		return fiber.ErrNotFound
	})
	return nil
}

// secure sets the headers that keep browsers from doing what we do not ask for.
func secure(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(self), microphone=(), geolocation=(self)")
	return c.Next()
}

// recoverPanic turns a panic in a handler into an error with its stack, which
// goes to the log and not to the client.
func recoverPanic(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}
