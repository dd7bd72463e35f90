// The command zoodex: the service, and the tools around it.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
	"github.com/zoodex/zoodex/app/database"
)

// version is set by the build: -ldflags "-X main.version=v1.2.3".
var version = ""

type commands struct {
	Serve    serveCommand    `cmd:"" help:"Run the service."`
	Identify identifyCommand `cmd:"" help:"Name the animals in photos."`
	Teach    teachCommand    `cmd:"" help:"Teach new animals from a folder of photos."`
	Species  speciesCommand  `cmd:"" help:"Import and export species."`
	Game     gameCommand     `cmd:"" help:"Work on the game's data."`
	Staff    staffCommand    `cmd:"" help:"Manage the staff and the tokens of their scripts."`
	Doctor   doctorCommand   `cmd:"" help:"Check that everything a service needs is in order."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// output is where a command writes: what it was asked for to out, what it has
// to say beside that to err.
type output struct{ out, err io.Writer }

func main() {
	database.RunChildIfAsked()
	os.Exit(run(os.Args[1:], output{os.Stdout, os.Stderr}))
}

// run parses the arguments, runs the command and returns the exit code.
func run(args []string, o output) (code int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("zoodex"),
		kong.Description("Catch the animals of a zoo by photo."),
		kong.Writers(o.out, o.err),
		kong.Exit(func(code int) { exited = code; panic(&exited) }),
		kong.Bind(o))
	if err != nil {
		panic(err) // a mistake in the declarations above
	}
	defer func() {
		if r := recover(); r != nil {
			if r != any(&exited) {
				panic(r)
			}
			code = exited // --help has been printed
		}
	}()
	ctx, err := parser.Parse(args)
	if err == nil {
		err = ctx.Run()
	}
	if err != nil {
		fmt.Fprintf(o.err, "zoodex: %v\n", err)
		return 1
	}
	return 0
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(o output) error {
	fmt.Fprintln(o.out, "zoodex", versionName())
	return nil
}

// versionName is the version given by the build, or the commit it was built from.
func versionName() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}

func (o output) log() *slog.Logger { return slog.New(slog.NewTextHandler(o.err, nil)) }
