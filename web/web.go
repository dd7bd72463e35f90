// Package web holds the built pages, to be embedded in the binary. Their
// sources are beside it; `npm run build` makes dist anew.
package web

import "embed"

// Dist is the built front end, under "dist".
//
//go:embed all:dist
var Dist embed.FS
