package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// settings are the command and its flags over the configuration file.
type settings struct {
	command string // one of commands
	config  *config.Config
	demo    bool // there is no configuration file: config is empty
	follow  bool
	check   bool
	reset   bool
	feed    string
	db      string
	sink    config.Address
	quota   config.Address
	format  store.Format
	since   config.Since
	flagSet map[string]bool // the flags that are there
	every   time.Duration
	keep    time.Duration
	listen  string
	level   slog.Level
	json    bool
}

// commands are what the first argument may be. "" collects.
var commands = []string{"", "feeds", "replay", "version", "help"}

const usage = `Collects the activity of Aspera on Cloud, SnapLogic, OPSWAT Central Management and SD Elements into a store of your own.

  collector                            collect four fakes into activity.db, and end
  collector -config FILE               collect the tenants that FILE names, and end
  collector -config FILE -follow       and go on until interrupted
  collector -config FILE -check        ask each service for one record, and say who is let in
  collector feeds -config FILE         say how far each feed is stored
  collector replay -config FILE -feed NAME -since TIME
                                       read a feed again from TIME on, and store what is missing

Started again, it goes on where it was. A URL with a password or token in it is given as env:NAME or file:PATH.

`

// settingsOf reads flags and configuration. With -h it prints what there is to out, and returns
// flag.ErrHelp.
func settingsOf(args []string, out io.Writer) (settings, error) {
	s := settings{config: new(config.Config), demo: true, flagSet: map[string]bool{}}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		s.command, args = args[0], args[1:]
	}
	if !slices.Contains(commands, s.command) {
		return s, fmt.Errorf("what is %q? The commands are feeds, replay and version; without one, the collector collects (-h explains)", s.command)
	}
	if s.command == "help" {
		args = []string{"-h"}
	}
	flags := flag.NewFlagSet("collector", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	file := flags.String("config", "", "YAML `file` that names tenants; without one, four fakes inside this process are collected")
	flags.BoolVar(&s.follow, "follow", false, "go on until interrupted, a round every so often")
	flags.BoolVar(&s.check, "check", false, "ask each service for one record, print who is let in, and end; status 1 if one is not")
	flags.DurationVar(&s.every, "every", 0, "`time` between two rounds with -follow (default: the configuration's, or "+config.DefaultEvery.String()+")")
	flags.Var(&s.since, "since", "where a new feed begins, and where replay does: a `time`, a date, or a duration before now (default: the configuration's, or "+config.DefaultSince.String()+")")
	flags.StringVar(&s.feed, "feed", "", "`name` of the feed to replay, as the command feeds prints it")
	flags.StringVar(&s.db, "db", "", "SQLite `file` to collect into (default: the configuration's, or activity.db); with -sink -, for checkpoints (default checkpoints.db)")
	flags.DurationVar(&s.keep, "keep", 0, "delete records from the SQLite file when they are older than this `time` (default: the configuration's, or never)")
	sink := flags.String("sink", "", "`URL` of a NATS server to publish to with JetStream instead, such as nats://localhost:4222; or -, to write lines to standard output")
	flags.TextVar(&s.format, "format", store.Format(""), "what is published with -sink: `raw`, the vendor's record; event, with the words that all vendors share; or ocsf, an event of OCSF 1.8.0 (default: the configuration's, or raw)")
	flags.BoolVar(&s.reset, "reset", false, "make the stream of -sink where it is missing, and collect anew what another stream had")
	quota := flags.String("quota", "", "`URL` of a Redis server through which OPSWAT's quota is shared with other processes, such as redis://localhost:6379/0")
	flags.StringVar(&s.listen, "listen", "", "`address` for /healthz and /metrics, such as 127.0.0.1:9464 (default: the configuration's, or none)")
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
		return s, fmt.Errorf("what is %q? A command comes first, and flags after it; -h lists them", flags.Arg(0))
	}
	// Not by flags.Var: package flag repeats a value that it refuses, and there may be a password
	// in it.
	if err := s.sink.Set(*sink); err != nil {
		return s, fmt.Errorf("-sink: %w", err)
	}
	if err := s.quota.Set(*quota); err != nil {
		return s, fmt.Errorf("-quota: %w", err)
	}
	flags.Visit(func(f *flag.Flag) { s.flagSet[f.Name] = true })
	if *file != "" {
		var err error
		if s.config, err = config.Load(*file); err != nil {
			return s, err
		}
		s.demo = false
	}
	return s, s.merge()
}

// merge fills in from the configuration, and from the defaults, what no flag says.
func (s *settings) merge() error {
	c := s.config
	if s.db != "" && s.sink != "" && s.sink != config.Stdout {
		return errors.New("-db and -sink are both given: the collector has one sink")
	}
	if s.sink == "" && (s.db == "" || c.Sink == config.Stdout) {
		s.sink = c.Sink
	}
	switch {
	case s.sink == "":
		s.db = cmp.Or(s.db, c.DB, "activity.db")
	case s.sink == config.Stdout && c.Sink == config.Stdout:
		s.db = cmp.Or(s.db, c.DB, "checkpoints.db")
	case s.sink == config.Stdout:
		// Not c.DB, which has records: its checkpoints must not pass records that it does not have.
		s.db = cmp.Or(s.db, "checkpoints.db")
	}
	s.format = cmp.Or(s.format, c.Format)
	s.quota = cmp.Or(s.quota, c.Quota)
	if !s.flagSet["listen"] {
		s.listen = c.Listen
	}
	if !s.flagSet["keep"] && s.sink == c.Sink {
		s.keep = time.Duration(c.Keep) // otherwise it is for another sink
	}
	s.since = cmp.Or(s.since, c.Since)
	if err := s.conflict(); err != nil {
		return err
	}
	if s.follow {
		s.every = cmp.Or(s.every, time.Duration(c.Every), config.DefaultEvery)
	}
	return nil
}

// conflict says which flags do not go together.
func (s *settings) conflict() error {
	switch {
	case s.every < 0:
		return fmt.Errorf("-every %v is negative", s.every)
	case s.keep < 0:
		return fmt.Errorf("-keep %v is negative", s.keep)
	case s.every > 0 && !s.follow:
		return errors.New("-every is for rounds, which there are only with -follow")
	case s.follow && (s.check || s.command != ""):
		return errors.New("-follow is for collecting: leave it out")
	case s.check && s.command != "":
		return errors.New("-check takes no command: leave one of the two out")
	case s.command == "replay" && (s.feed == "" || !s.flagSet["since"]):
		return errors.New("replay needs -feed NAME, as the command feeds prints it, and -since TIME")
	case s.command != "replay" && s.feed != "":
		return errors.New("-feed is for the command replay")
	case s.sink == "" && s.format != "" && s.format != store.Raw:
		return fmt.Errorf("-format %s is for what is published with -sink; SQLite has the vendor's record and the event's columns", s.format)
	case s.sink != "" && s.keep > 0:
		return errors.New("keep is for the SQLite file with records; a stream has limits of its own")
	case s.demo && s.sink != "" && s.sink != config.Stdout:
		return errors.New("without -config there are only invented records, which do not belong in a stream")
	case s.since.From(time.Now()).After(time.Now()):
		return errors.New("since is in the future: nothing would be read until then")
	case s.reset && (s.sink == "" || s.sink == config.Stdout):
		return errors.New("-reset is for a NATS stream. To collect a feed again into SQLite, use the command replay")
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

func (s *settings) sinkName() string {
	switch {
	case s.sink == config.Stdout:
		return "standard output, checkpoints in " + s.db
	case s.sink != "":
		return string(s.sink) // has no password, or is the place of one
	}
	return s.db
}
