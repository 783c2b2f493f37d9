package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/status"
)

// listFeeds prints up to where each feed is stored, and how a collector that is running with the
// same -listen says that it is doing.
func (s *settings) listFeeds(ctx context.Context, out io.Writer) error {
	made, closeFeeds, err := s.feeds(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer closeFeeds()
	checkpoints, err := s.openCheckpoints(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = checkpoints.Close() }() // it was only read from
	states, note := s.runningStates(ctx)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FEED\tSTORED UP TO\tLAG\tSTATE")
	for _, feed := range made {
		checkpoint, err := checkpoints.Checkpoint(ctx, feed.ID)
		if err != nil {
			return err
		}
		upTo, lag := "-", "-"
		if !checkpoint.IsZero() {
			upTo, lag = checkpoint.Watermark().Format(time.RFC3339), time.Since(checkpoint.Watermark()).Round(time.Second).String()
		}
		state := states[feed.ID.String()]
		if state == "" {
			state = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", feed.ID, upTo, lag, state)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintln(out, note)
	}
	return nil
}

// runningStates asks the collector that listens. Where none answers, note says why there are no
// states.
func (s *settings) runningStates(ctx context.Context) (states map[string]string, note string) {
	if s.listen == "" {
		return nil, "The state is known to a collector that is running with -listen; here, none is named."
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	h, err := healthOf(ctx, s.listen)
	if err != nil {
		return nil, fmt.Sprintf("The state is not known: no collector answers on %s.", s.listen)
	}
	states = map[string]string{}
	for _, f := range h.Feeds {
		state := string(f.State)
		if f.Problem != "" {
			state += ": " + f.Problem
		}
		states[f.Vendor+"/"+f.Tenant+"/"+f.Feed] = state
	}
	return states, ""
}

func healthOf(ctx context.Context, listen string) (h status.Health, err error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return h, err
	}
	if host == "" {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil) //nolint:gosec // the user's own -listen
	if err != nil {
		return h, err
	}
	resp, err := http.DefaultClient.Do(req) //nolint:gosec // as above
	if err != nil {
		return h, err
	}
	defer func() { _ = resp.Body.Close() }()
	return h, json.NewDecoder(resp.Body).Decode(&h)
}
