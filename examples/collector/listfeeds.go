package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/status"
)

// listFeeds prints how far each feed is stored, and the state that a collector running with the
// same -listen reports.
func (s *settings) listFeeds(ctx context.Context, out io.Writer) error {
	made, closeFeeds, err := s.feeds(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer closeFeeds()
	states, note := s.runningStates(ctx)
	checkpoints, failure := s.openCheckpoints(ctx)
	if failure == nil {
		defer func() { _ = checkpoints.Close() }() // only read from
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FEED\tSTORED UP TO\tLAG\tSTATE")
	for _, feed := range made {
		upTo, lag := "-", "-"
		if checkpoints != nil {
			checkpoint, err := checkpoints.Checkpoint(ctx, feed.ID)
			failure = errors.Join(failure, err)
			if watermark := checkpoint.Watermark(); !watermark.IsZero() {
				upTo, lag = watermark.Format(time.RFC3339), max(time.Since(watermark), 0).Round(time.Second).String()
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", feed.ID, upTo, lag, cmp.Or(states[feed.ID.String()], "-"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintln(out, note)
	}
	return failure
}

// runningStates asks the running collector for the states of the feeds. If none answers, note says
// why there are no states.
func (s *settings) runningStates(ctx context.Context) (states map[string]string, note string) {
	if s.listen == "" {
		return nil, "Only a collector that runs with -listen knows the state. No -listen is set here."
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	h, err := healthOf(ctx, s.listen)
	if err != nil {
		return nil, fmt.Sprintf("The state is unknown: no collector answers on %s.", s.listen)
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
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return h, err
	}
	client := http.Client{Transport: new(http.Transport)} // without a proxy
	resp, err := client.Do(req)
	if err != nil {
		return h, err
	}
	defer func() { _ = resp.Body.Close() }()
	return h, json.NewDecoder(resp.Body).Decode(&h)
}
