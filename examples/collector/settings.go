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

// settings hold the command, and its flags merged with the configuration file.
type settings struct {
	command string // one of commands
	config  *config.Config
	demo    bool // no configuration file was named; config is empty
	follow  bool
	check   bool
	reset   bool
	feed    string
	db      string
	sink    config.Address
	quota   config.Address
	format  store.Format
	since   config.Since
	flagSet map[string]bool // by the flag's name
	every   time.Duration
	keep    time.Duration
	listen  string
	level   slog.Level
	json    bool
}

// commands are the values of the first argument. Without one, the program collects.
var commands = []string{"", "feeds", "replay", "version", "help"}

const usage = `Collects the activity of Aspera on Cloud, SnapLogic, OPSWAT Central Management and SD Elements into a store of your own.

  collector                            collect four fakes into demo.db, and exit
  collector -config FILE               collect the tenants that FILE names, and exit
  collector -config FILE -follow       collect until interrupted
  collector -config FILE -check        ask each service for one record, and print which feeds are accepted
  collector feeds -config FILE         print how far each feed is stored
  collector replay -config FILE -feed NAME -since TIME
                                       read a feed again from TIME on, and store what is missing

A new start continues where the last one stopped. Write a URL with a password or token as env:NAME or file:PATH.

`

// settingsOf reads flags and configuration. With -h it prints the usage to out and returns
// flag.ErrHelp.
func settingsOf(args []string, out io.Writer) (settings, error) {
	s := settings{config: new(config.Config), demo: true, flagSet: map[string]bool{}}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		s.command, args = args[0], args[1:]
	}
	if !slices.Contains(commands, s.command) {
		return s, fmt.Errorf("unknown command %q: the commands are feeds, replay and version (-h lists everything)", s.command)
	}
	if s.command == "help" {
		args = []string{"-h"}
	}
	flags := flag.NewFlagSet("collector", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	file := flags.String("config", "", "YAML `file` that names tenants; without it, the collector collects four fakes inside this process")
	flags.BoolVar(&s.follow, "follow", false, "collect until interrupted, in rounds")
	flags.BoolVar(&s.check, "check", false, "ask each service for one record, print which feeds are accepted, and exit; status 1 if one is not")
	flags.Var((*config.Duration)(&s.every), "every", "`time` between two rounds with -follow (default: the configuration's, or "+config.DefaultEvery.String()+")")
	flags.Var(&s.since, "since", "start of a new feed, or of a replay: a `time`, a date, or a duration before now (default: the configuration's, or "+config.DefaultSince.String()+")")
	flags.StringVar(&s.feed, "feed", "", "`name` of the feed to replay, as the command feeds prints it")
	flags.StringVar(&s.db, "db", "", "SQLite `file` for the records (default: the configuration's, or activity.db, and demo.db without -config); with -sink -, for the checkpoints (default checkpoints.db)")
	flags.Var((*config.Duration)(&s.keep), "keep", "delete records from the SQLite file that are older than this `time` (default: the configuration's, or never)")
	sink := flags.String("sink", "", "`URL` of a NATS server with JetStream, instead of SQLite, such as nats://localhost:4222; or -, for lines on standard output")
	flags.TextVar(&s.format, "format", store.Format(""), "format of the records with -sink: `raw`, the vendor's JSON; event, in words that all vendors share; or ocsf, OCSF 1.8.0 (default: the configuration's, or raw)")
	flags.BoolVar(&s.reset, "reset", false, "create the stream of -sink if it was deleted, and collect the feeds again whose records were in another stream")
	quota := flags.String("quota", "", "`URL` of a Redis server that shares OPSWAT's quota with other processes, such as redis://localhost:6379/0")
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
		return s, fmt.Errorf("unexpected argument %q: a command comes first, and its flags after it (-h lists them)", flags.Arg(0))
	}
	// Not by flags.Var: the errors of package flag quote the value, which may contain a password.
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

// merge fills in what no flag sets, from the configuration and the defaults.
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
		s.db = cmp.Or(s.db, c.DB, s.defaultFile())
	case s.sink == config.Stdout && c.Sink == config.Stdout:
		s.db = cmp.Or(s.db, c.DB, "checkpoints.db")
	case s.sink == config.Stdout:
		// Not c.DB, which has records: its checkpoints stand for the records in it.
		s.db = cmp.Or(s.db, "checkpoints.db")
	}
	s.format = cmp.Or(s.format, c.Format)
	s.quota = cmp.Or(s.quota, c.Quota)
	if !s.flagSet["listen"] {
		s.listen = c.Listen
	}
	if !s.flagSet["keep"] && s.sink == c.Sink {
		s.keep = time.Duration(c.Keep) // otherwise keep belongs to another sink
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

// defaultFile returns the file for records. Invented ones have another file than real ones.
func (s *settings) defaultFile() string {
	if s.demo {
		return "demo.db"
	}
	return "activity.db"
}

// conflict returns an error for flags that do not go together.
func (s *settings) conflict() error {
	switch {
	case s.every < 0:
		return fmt.Errorf("-every %v is negative", s.every)
	case s.keep < 0:
		return fmt.Errorf("-keep %v is negative", s.keep)
	case s.every > 0 && !s.follow:
		return errors.New("-every is for the rounds of -follow: set -follow too, or leave -every out")
	case s.follow && (s.check || s.command != ""):
		return errors.New("-follow is for collecting: leave it out")
	case s.check && s.command != "":
		return errors.New("-check takes no command: leave one of the two out")
	case s.command == "replay" && (s.feed == "" || !s.flagSet["since"]):
		return errors.New("replay needs -feed NAME, as the command feeds prints it, and -since TIME")
	case s.command != "replay" && s.feed != "":
		return errors.New("-feed is for the command replay")
	case s.sink == "" && s.format != "" && s.format != store.Raw:
		return fmt.Errorf("-format %s is for -sink; SQLite stores the vendor's record and the event's columns", s.format)
	case s.sink != "" && s.keep > 0:
		return errors.New("keep is for the SQLite file with records; a stream has its own limits")
	case s.demo && s.sink != "" && s.sink != config.Stdout:
		return errors.New("without -config the collector has only invented records, which do not belong in a stream")
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
		return string(s.sink) // a URL without a password, or env:NAME or file:PATH
	}
	return s.db
}
