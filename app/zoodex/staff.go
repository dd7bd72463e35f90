package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/staff/office"
	"golang.org/x/term"
)

type staffCommand struct {
	Add   staffAddCommand   `cmd:"" help:"Make an account for somebody of the staff."`
	Token staffTokenCommand `cmd:"" help:"Make a bearer token for a script, or revoke it."`
}

type staffAddCommand struct {
	databaseFlags
	Name     string `arg:"" help:"Name to sign in with."`
	Role     string `help:"editor, keeper or admin." enum:"editor,keeper,admin" default:"admin"`
	Generate bool   `help:"Make a password and print it, instead of asking for one."`
}

// Run makes an account. The password is asked for twice on a terminal, and
// read from the first line of the input elsewhere.
func (c staffAddCommand) Run(o output) error {
	return c.withOffice(o, func(ctx context.Context, staff *office.Office) error {
		password := office.GeneratePassword()
		if !c.Generate {
			var err error
			if password, err = askPassword(o.err); err != nil {
				return err
			}
		}
		if _, err := staff.Add(ctx, office.CommandLine, c.Name, office.Role(c.Role), password); err != nil {
			return err
		}
		fmt.Fprintf(o.out, "%s can sign in at /staff as %s.\n", c.Name, c.Role)
		if c.Generate {
			fmt.Fprintf(o.out, "Password, shown only now: %s\n", password)
		}
		return nil
	})
}

func askPassword(to io.Writer) (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		line, err := bufio.NewReader(io.LimitReader(os.Stdin, 1<<12)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", errors.New("give the password on the input, or let --generate make one")
		}
		return line, nil
	}
	fmt.Fprintf(to, "Password (at least %d characters): ", office.MinPassword)
	first, err := term.ReadPassword(in)
	fmt.Fprintln(to)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	fmt.Fprint(to, "Once more: ")
	second, err := term.ReadPassword(in)
	fmt.Fprintln(to)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if string(first) != string(second) {
		return "", errors.New("the two passwords differ")
	}
	return string(first), nil
}

type staffTokenCommand struct {
	databaseFlags
	Name   string `arg:"" help:"Name of the script."`
	Role   string `help:"editor, keeper or admin." enum:"editor,keeper,admin" default:"keeper"`
	Days   int    `help:"How long the token lasts." default:"365"`
	Revoke bool   `help:"End the token of this name instead."`
}

// Run makes a token, or ends one.
func (c staffTokenCommand) Run(o output) error {
	return c.withOffice(o, func(ctx context.Context, staff *office.Office) error {
		if c.Revoke {
			if err := staff.RevokeToken(ctx, office.CommandLine, c.Name); err != nil {
				return err
			}
			fmt.Fprintf(o.out, "The token %s is revoked.\n", c.Name)
			return nil
		}
		token, secret, err := staff.AddToken(ctx, office.CommandLine, c.Name, office.Role(c.Role), c.Days)
		if err != nil {
			return err
		}
		fmt.Fprintln(o.out, string(secret))
		fmt.Fprintf(o.err, "A %s's token, good until %s and shown only now.\n", token.Role, token.Expires.Format(time.DateOnly))
		return nil
	})
}

// withOffice opens the database and runs f on the staff in it.
func (d databaseFlags) withOffice(o output, f func(context.Context, *office.Office) error) error {
	return d.openMigrated(o, func(ctx context.Context, db *database.Database) error { return f(ctx, office.New(db.SQL(), time.Now)) })
}
