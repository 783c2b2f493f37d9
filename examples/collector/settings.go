package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
)

// settings are the flags over the configuration file.
type settings struct {
	config    *config.Config // nil: the fakes
	db        string
	sink      config.Address
	quota     config.Address
	format    store.Format
	since     config.Since
	every     time.Duration // 0: catch up, then end
	telemetry telemetry.Export
	level     slog.Level
	json      bool
}

const usage = `Collects the activity of Aspera on Cloud, SnapLogic, OPSWAT Central Management and SD Elements into a store of your own.

  collector                            collect four fakes into activity.db, and end
  collector -config FILE               collect the tenants that FILE names, and end
  collector -config FILE -follow       and go on until interrupted

Started again, it goes on where it was. A URL with a password or token in it is given as env:NAME or file:PATH.

`

// settingsOf reads flags and configuration. With -h it prints what there is to out, and returns
// flag.ErrHelp.
func settingsOf(args []string, out io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("collector", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	file := flags.String("config", "", "YAML `file` that names tenants; without one, four fakes inside this process are collected")
	follow := flags.Bool("follow", false, "go on until interrupted, a round every so often")
	flags.DurationVar(&s.every, "every", 0, "`time` between two rounds with -follow (default: the configuration's, or "+config.DefaultEvery.String()+")")
	flags.Var(&s.since, "since", "where a new feed begins: a `time`, a date, or a duration before now (default: the configuration's, or "+config.DefaultSince.String()+")")
	flags.StringVar(&s.db, "db", "", "SQLite `file` to collect into (default: the configuration's, or activity.db)")
	sink := flags.String("sink", "", "`URL` of a NATS server to publish to with JetStream instead, such as nats://localhost:4222")
	flags.TextVar(&s.format, "format", store.Format(""), "what is published with -sink: `raw`, the vendor's record, or ocsf, an event of OCSF 1.8.0 (default: the configuration's, or raw)")
	quota := flags.String("quota", "", "`URL` of a Redis server through which OPSWAT's quota is shared with other processes, such as redis://localhost:6379/0")
	export := flags.String("telemetry", "", "metrics and traces: `off, otlp or stdout` (default: otlp if OTEL_EXPORTER_OTLP_ENDPOINT is set, or off)")
	flags.TextVar(&s.level, "log-level", slog.LevelInfo, "`level` to log from: debug, info, warn or error")
	flags.BoolVar(&s.json, "log-json", false, "log JSON instead of text")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(out, usage)
		flags.SetOutput(out)
		flags.PrintDefaults()
		return s, err
	} else if err != nil {
		return s, fmt.Errorf("%w (-h explains the flags)", err)
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("what is %q? There are only flags; -h lists them", flags.Arg(0))
	}
	// Not by flags.Var: package flag repeats a value that it refuses, and there may be a password
	// in it.
	if err := s.sink.Set(*sink); err != nil {
		return s, fmt.Errorf("-sink: %w", err)
	}
	if err := s.quota.Set(*quota); err != nil {
		return s, fmt.Errorf("-quota: %w", err)
	}
	var err error
	if s.telemetry, err = telemetry.Parse(*export); err != nil {
		return s, err
	}
	if *file != "" {
		if s.config, err = config.Load(*file); err != nil {
			return s, err
		}
	}
	return s, s.merge(*follow)
}

// merge fills in from the configuration, and from the defaults, what no flag says.
func (s *settings) merge(follow bool) error {
	c := s.config
	if c == nil {
		c = new(config.Config)
	}
	switch {
	case s.db != "" && s.sink != "":
		return errors.New("-db and -sink are both given: the collector has one sink")
	case s.every < 0:
		return fmt.Errorf("-every %v is negative", s.every)
	case s.every > 0 && !follow:
		return errors.New("-every is for rounds, which there are only with -follow")
	}
	if s.db == "" && s.sink == "" {
		s.db, s.sink = c.DB, c.Sink
	}
	if s.sink == "" {
		s.db = cmp.Or(s.db, "activity.db")
	}
	if s.format = cmp.Or(s.format, c.Format); s.format == store.OCSF && s.sink == "" {
		return errors.New("-format ocsf is for what is published with -sink; SQLite has the vendor's record and the event's columns")
	}
	s.quota = cmp.Or(s.quota, c.Quota)
	s.since = cmp.Or(s.since, c.Since)
	if follow {
		s.every = cmp.Or(s.every, c.Every, config.DefaultEvery)
	}
	return nil
}

func (s *settings) logger(out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.level}
	if s.json {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
