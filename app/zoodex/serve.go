package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // where the system has no zones

	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
)

type serveCommand struct {
	Listen         string   `help:"Address to answer at." default:"127.0.0.1:8080" env:"ZOODEX_LISTEN" placeholder:"HOST:PORT"`
	Data           string   `help:"Folder of our own Postgres and of everything else that stays (${env}; a folder of the user's otherwise)." env:"ZOODEX_DATA" placeholder:"FOLDER"`
	DatabaseURL    string   `help:"A Postgres to use instead of our own (${env})." env:"ZOODEX_DATABASE_URL" placeholder:"URL"`
	Photos         string   `help:"Where photos of the staff are kept: s3://BUCKET, gs://BUCKET or file:///FOLDER; a folder beside our own Postgres otherwise (${env})." env:"ZOODEX_PHOTOS" placeholder:"URL"`
	TrustedProxies []string `help:"Proxies in front of us, whose X-Forwarded-For is believed: addresses or CIDR ranges (${env})." env:"ZOODEX_TRUSTED_PROXIES"`
	Precision      string   `help:"What the network is computed in: float32, or int8, which is faster and a little less right (${env})." default:"float32" enum:"float32,int8" env:"ZOODEX_PRECISION"`
	Zone           string   `help:"Time zone in which the days of a new zoo begin, Europe/Berlin if it is not said (${env}). Later it is changed at the desk." env:"ZOODEX_ZONE" placeholder:"ZONE"`

	Limit limitFlags `embed:"" prefix:"limit-"`
}

type limitFlags struct {
	PhotoMegabytes int64 `help:"Size of one photo." default:"20" env:"ZOODEX_LIMIT_PHOTO_MEGABYTES"`
	VisitorPhotos  int   `help:"Photos a minute for one visitor; 0 is no limit." default:"300" env:"ZOODEX_LIMIT_VISITOR_PHOTOS"`
	AddressCalls   int   `help:"Calls a minute for one address, which a whole school class may share; 0 is no limit." default:"6000" env:"ZOODEX_LIMIT_ADDRESS_CALLS"`
	AddressJoins   int   `help:"New visitors a minute for one address; 0 is no limit." default:"120" env:"ZOODEX_LIMIT_ADDRESS_JOINS"`
	AddressCodes   int   `help:"Wrong group codes and pass codes a minute for one address; 0 is no limit." default:"30" env:"ZOODEX_LIMIT_ADDRESS_CODES"`
}

func (f limitFlags) limits() (api.Limits, error) {
	if f.PhotoMegabytes < 1 || f.PhotoMegabytes > 200 {
		return api.Limits{}, fmt.Errorf("--limit-photo-megabytes must be 1 to 200, not %d", f.PhotoMegabytes)
	}
	l := api.DefaultLimits
	l.PhotoBytes = f.PhotoMegabytes << 20
	l.PhotosAtOnce = max(l.PhotosAtOnce, 2*l.PhotoBytes)
	l.VisitorPhotos, l.AddressCalls, l.AddressJoins, l.AddressCodes = f.VisitorPhotos, f.AddressCalls, f.AddressJoins, f.AddressCodes
	return l, nil
}

// Run serves until Ctrl-C or SIGTERM.
func (c serveCommand) Run(o output) error {
	limits, err := c.Limit.limits()
	if err != nil {
		return err
	}
	var zone *time.Location
	if c.Zone != "" {
		if zone, err = time.LoadLocation(c.Zone); err != nil || zone == time.Local {
			return fmt.Errorf("--zone must be a time zone like Europe/Berlin, not %q", c.Zone)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us at once

	service := app.New(app.Config{
		Listen: c.Listen, DatabaseURL: c.DatabaseURL, Data: c.Data, Photos: c.Photos, TrustedProxies: c.TrustedProxies,
		Precision: c.Precision, Zone: zone, Limits: limits, Version: versionName(), Log: o.log(),
	})
	go func() {
		select {
		case url := <-service.Ready():
			fmt.Fprintf(o.out, "Zoodex is ready at %s\n", url)
			if link := service.FirstLink(); link != "" {
				fmt.Fprintf(o.out, "Make the first account of the staff at %s%s (works once, for a day)\n", url, link)
			}
		case <-ctx.Done():
		}
	}()
	if err := service.Run(ctx); ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // stopped while starting
}
