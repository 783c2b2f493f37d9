package activity_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// database stands for where a program stores records and checkpoints, both in one transaction.
type database struct {
	rows       map[string]snaplogic.Activity
	checkpoint activity.Checkpoint
}

func (db *database) store(b activity.Batch[snaplogic.Activity]) {
	for _, r := range b.Records {
		db.rows[r.Key] = r.Item
	}
	db.checkpoint = b.Checkpoint
}

// What is new since the last run: each run begins where the batch that was stored last left off,
// and each record comes once.
func ExampleFeed_CatchUp() {
	db := &database{rows: map[string]snaplogic.Activity{}}
	server := snaplogictest.NewServer()
	feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{})
	hour := time.Now().Add(-5 * time.Hour)

	for run := range 3 {
		server.Add(snaplogic.Activity{ID: fmt.Sprintf("%024x", run), CreateTime: hour.Add(time.Duration(run) * time.Hour)})
		options := activity.FollowOptions{Since: hour, Lookback: 6 * time.Hour}
		for batch, err := range feed.CatchUp(context.Background(), db.checkpoint, options) {
			if err != nil {
				log.Fatal(err)
			}
			if len(batch.Records) > 0 {
				fmt.Println("run", run, "stores", len(batch.Records))
			}
			db.store(batch)
		}
	}
	fmt.Println(len(db.rows), "rows")
	// Output:
	// run 0 stores 1
	// run 1 stores 1
	// run 2 stores 1
	// 3 rows
}

// A feed is followed until its context ends. A failure that may pass is only told.
func ExampleFeed_Follow() {
	server := snaplogictest.NewServer()
	server.Fail(snaplogictest.Fault{Status: 503})
	feed := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})).ActivityFeed(snaplogic.ActivityQuery{})

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	options := activity.FollowOptions{
		Since:   time.Now().Add(-time.Hour),
		Every:   time.Millisecond, // a minute or more, in earnest
		OnRetry: func(error, time.Duration) { fmt.Println("a failed round") },
	}
	for batch, err := range feed.Follow(ctx, activity.Checkpoint{}, options) {
		if err != nil {
			fmt.Println("ended:", errors.Is(err, context.Canceled))
			break // a program of yours returns the error
		}
		fmt.Println("a round up to", batch.Lag.Round(time.Minute), "ago")
		cancel() // as a signal would
	}
	// Output:
	// a failed round
	// a round up to 1m0s ago
	// ended: true
}

// The name tells feeds apart in logs and metrics.
func ExampleFeed_Name() {
	client := snaplogictest.NewServer().Client()
	fmt.Println(client.ActivityFeed(snaplogic.ActivityQuery{}).Name())
	// Output: snaplogic/activities
}

// A checkpoint is stored as JSON or as text, which are the same.
func ExampleCheckpoint() {
	feed := activity.NewFeed(journal{time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)})
	var last activity.Checkpoint
	for batch, err := range feed.CatchUp(context.Background(), last, activity.FollowOptions{Since: time.Now().Add(-time.Hour)}) {
		if err != nil {
			log.Fatal(err)
		}
		last = batch.Checkpoint
	}
	stored, err := json.Marshal(last)
	if err != nil {
		log.Fatal(err)
	}

	var loaded activity.Checkpoint // in the next process
	if err := json.Unmarshal(stored, &loaded); err != nil {
		log.Fatal(err)
	}
	fmt.Println(loaded.IsZero(), loaded.Watermark().Equal(last.Watermark()), len(stored) < activity.MaxCheckpoint)
	// Output: false true true
}

// A checkpoint is an argument of a query of database/sql, and what a row is scanned into:
//
//	_, err = tx.ExecContext(ctx, "UPDATE feeds SET checkpoint = ? WHERE feed = ?", batch.Checkpoint, name)
//	err = db.QueryRowContext(ctx, "SELECT checkpoint FROM feeds WHERE feed = ?", name).Scan(&checkpoint)
//
// This is what the package does with it.
func ExampleCheckpoint_Value() {
	var beginning activity.Checkpoint
	column, err := driver.Valuer(beginning).Value()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(column) // NULL

	var checkpoint activity.Checkpoint
	var scanner sql.Scanner = &checkpoint
	stored := `{"v":1,"feed":"snaplogic/activities","query":"tnXR2mDGVpLAVB8t","watermark":"2026-03-01T12:00:00Z",` +
		`"floor":"2026-03-01T11:00:00Z","salt":"/SG/GotS6H63JeRelP5sWA=="}`
	if err := scanner.Scan(stored); err != nil {
		log.Fatal(err)
	}
	fmt.Println(checkpoint)
	column, err = checkpoint.Value()
	fmt.Println(column == stored, err)
	// Output:
	// <nil>
	// snaplogic/activities until 2026-03-01T12:00:00Z
	// true <nil>
}

// Where records and checkpoint cannot be stored in one transaction, records go first: one that
// comes again has the same key.
func ExampleRecord() {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{ID: "5b3ce2a1fc7a1b5aa0d03f2c", CreateTime: time.Now().Add(-time.Hour)})
	feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{})
	options := activity.FollowOptions{Since: time.Now().Add(-2 * time.Hour)}

	var keys []string
	for range 2 { // the checkpoint of the first run was lost
		for batch, err := range feed.CatchUp(context.Background(), activity.Checkpoint{}, options) {
			if err != nil {
				log.Fatal(err)
			}
			for _, r := range batch.Records {
				keys = append(keys, r.Key)
			}
		}
	}
	fmt.Println(len(keys), slices.Compact(keys))
	// Output: 2 [5b3ce2a1fc7a1b5aa0d03f2c]
}
