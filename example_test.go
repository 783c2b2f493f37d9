package activity_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The examples of this package read SnapLogic's activities from its fake. Lists of the other
// vendors work the same way. Your program calls snaplogic.New instead of server.Client.

// A loop over a list sends a request for each page when it gets there, and none after a break.
func ExampleList_All() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(1000))
	query := snaplogic.ActivityQuery{PageSize: 100}
	n := 0
	for a, err := range server.Client().Activities(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		n++
		if n == 1 {
			fmt.Println(a.CreateTime.Year(), a.EventType)
		}
		if n == 150 {
			break
		}
	}
	fmt.Println(n, "activities,", len(server.Requests()), "requests")
	// Output:
	// 2018 asset_create
	// 150 activities, 2 requests
}

// Total of a page is how many records there are, for a program that shows its progress. It is -1 if
// the service does not say.
func ExampleList_Pages() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	done := 0
	for page, err := range client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Pages(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		done += len(page.Items)
		fmt.Printf("%d of %d\n", done, page.Total)
	}
	// Output:
	// 100 of 250
	// 200 of 250
	// 250 of 250
}

// OPSWAT does not say how many activities there are.
func ExamplePage_unknownTotal() {
	client := opswattest.NewServer().Client()
	page, err := client.Activities(opswat.ActivityQuery{Age: time.Hour}).Page(context.Background(), "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Items), page.Total, page.Next == "")
	// Output: 0 -1 true
}

// Page reads one page, for programs that serve pages themselves: they send the cursor to their
// caller and get it back with the next request.
func ExampleList_Page() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	list := client.Activities(snaplogic.ActivityQuery{PageSize: 200})
	ctx := context.Background()

	first, err := list.Page(ctx, "") // the beginning
	if err != nil {
		log.Fatal(err)
	}
	second, err := list.Page(ctx, first.Next)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(first.Items), len(second.Items), second.Next == "")
	// Output: 200 50 true
}

// A walk that was interrupted can go on in another process, if the cursor of each page is stored
// together with its records.
func ExampleList_From() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	list := client.Activities(snaplogic.ActivityQuery{PageSize: 100})
	ctx := context.Background()

	var stored string // in a file or a database
	for page, err := range list.Pages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		stored = string(page.Next)
		break // the process ends here
	}

	rest, err := list.From(activity.Cursor(stored)).Collect(ctx, 0)
	fmt.Println(len(rest), err)
	// Output: 150 <nil>
}

// Collect reads into memory: all records, or at most as many as you ask for.
func ExampleList_Collect() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	list := client.Activities(snaplogic.ActivityQuery{})
	all, err := list.Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	newest, err := list.Collect(context.Background(), 10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(all), len(newest))
	// Output: 250 10
}

// Collect returns what it read before a failure together with the error.
func ExampleList_Collect_partial() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	server.Fail(snaplogictest.Fault{}, snaplogictest.Fault{Status: 501}) // the first request is answered, the second is not
	got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 100}).Collect(context.Background(), 0)
	fmt.Println(len(got), err != nil)
	// Output: 100 true
}

// A cursor is text. It fits only a list with the same parameters; the page size may differ.
func ExampleCursor() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	ctx := context.Background()
	page, err := client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Page(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Activities(snaplogic.ActivityQuery{PageSize: 10}).From(page.Next).Collect(ctx, 0)
	fmt.Println("another page size:", err)
	_, err = client.Activities(snaplogic.ActivityQuery{User: "ada@example.com"}).From(page.Next).Collect(ctx, 0)
	fmt.Println("another filter:", err != nil)
	// Output:
	// another page size: <nil>
	// another filter: true
}

// alphabet is a service with 26 records, ten a page. A cursor is the offset of a page.
func alphabet(_ context.Context, from activity.Cursor) iter.Seq2[activity.Page[string], error] {
	const all, size = "abcdefghijklmnopqrstuvwxyz", 10
	return func(yield func(activity.Page[string], error) bool) {
		begin := 0
		if from != "" {
			var err error
			if begin, err = strconv.Atoi(string(from)); err != nil || begin < 0 || begin >= len(all) {
				yield(activity.Page[string]{}, activity.ErrCursorMismatch)
				return
			}
		}
		for page := range slices.Chunk([]byte(all[begin:]), size) {
			next := activity.Cursor("")
			if begin += len(page); begin < len(all) {
				next = activity.Cursor(strconv.Itoa(begin))
			}
			if !yield(activity.Page[string]{Items: strings.Split(string(page), ""), Next: next, Total: len(all)}, nil) {
				return
			}
		}
	}
}

// A Source puts another service, or the data of a test, behind the same iterators.
func ExampleNewList() {
	list := activity.NewList(alphabet)
	last, err := list.From("20").Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(last)
	// Output: [u v w x y z]
}

// ListOf returns a list without a service, for the tests of a program that takes a list.
func ExampleListOf() {
	list := activity.ListOf("signed in", "signed out")
	for what, err := range list.All(context.Background()) {
		fmt.Println(what, err)
	}
	// Output:
	// signed in <nil>
	// signed out <nil>
}

// journal is a service whose records can be asked for by time.
type journal []time.Time

func (journal) Feed() activity.FeedInfo {
	return activity.FeedInfo{Vendor: "acme", Name: "journal", Lookback: time.Hour, Settle: time.Minute}
}

func (j journal) Between(_ context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[time.Time]], error] {
	return func(yield func(activity.Page[activity.Record[time.Time]], error) bool) {
		page := activity.Page[activity.Record[time.Time]]{Total: -1}
		for _, at := range j {
			if !at.Before(from) && !at.After(to) {
				record := activity.Record[time.Time]{Key: at.Format(time.RFC3339Nano), Item: at, Time: at}
				page.Items = append(page.Items, record)
			}
		}
		yield(page, nil) // one page, which has no Next: the last
	}
}

// A FeedSource makes a feed of another service: it returns the records between two moments.
func ExampleNewFeed() {
	begin := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	source := journal{begin, begin.Add(time.Minute), begin.Add(25 * time.Hour)}
	options := activity.FollowOptions{Since: begin.Add(30 * time.Second)}
	for batch, err := range activity.NewFeed(source).CatchUp(context.Background(), activity.Checkpoint{}, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Key)
		}
	}
	// Output:
	// 2024-03-05T09:01:00Z
	// 2024-03-06T10:00:00Z
}

// database is where a program stores records and checkpoints, both in one transaction.
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

// CatchUp reads what is new since the last run. Each run begins where the last stored batch ended,
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

// Follow reads a feed until its context ends. It reports a failure that may pass to OnRetry, and
// goes on.
func ExampleFeed_Follow() {
	server := snaplogictest.NewServer()
	server.Fail(snaplogictest.Fault{Status: 503})
	feed := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})).ActivityFeed(snaplogic.ActivityQuery{})

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	options := activity.FollowOptions{
		Since:   time.Now().Add(-time.Hour),
		Every:   time.Millisecond, // in your program a minute or more
		OnRetry: func(error, time.Duration) { fmt.Println("a failed round") },
	}
	for batch, err := range feed.Follow(ctx, activity.Checkpoint{}, options) {
		if err != nil {
			fmt.Println("ended:", errors.Is(err, context.Canceled))
			break // your program returns the error
		}
		fmt.Println("a round up to", batch.Lag.Round(time.Minute), "ago")
		cancel() // as a signal would
	}
	// Output:
	// a failed round
	// a round up to 1m0s ago
	// ended: true
}

// Name distinguishes feeds in logs and metrics.
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

// A checkpoint can be an argument of a database/sql query, and a row can be scanned into one:
//
//	_, err = tx.ExecContext(ctx, "UPDATE feeds SET checkpoint = ? WHERE feed = ?", batch.Checkpoint, name)
//	err = db.QueryRowContext(ctx, "SELECT checkpoint FROM feeds WHERE feed = ?", name).Scan(&checkpoint)
//
// The example does what database/sql does with it.
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

// If records and checkpoint cannot be stored in one transaction, store the records first: a record
// that comes again has the same key.
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

// Events makes feeds of all vendors fit into one slice.
func ExampleEvents() {
	hour := time.Now().Truncate(time.Hour).Add(-time.Hour)
	changes, tasks := snaplogictest.NewServer(), sdelementstest.NewServer()
	changes.Add(snaplogic.Activity{ID: "5a", EventType: snaplogic.EventUserAuthFailure, ByWhom: "ada@example.com", UserID: "ada@example.com", CreateTime: hour})
	tasks.Add(sdelements.Activity{ID: 7, Name: sdelements.LoggedInActivity, Actor: 12, Date: hour})
	feeds := []activity.Feed[activity.Event]{
		activity.Events(changes.Client().ActivityFeed(snaplogic.ActivityQuery{})),
		activity.Events(tasks.Client().ActivityFeed(sdelements.ActivityQuery{})),
	}
	for _, feed := range feeds {
		for batch, err := range feed.CatchUp(context.Background(), activity.Checkpoint{}, activity.FollowOptions{Since: hour.Add(-time.Hour)}) {
			if err != nil {
				log.Fatal(err)
			}
			for _, r := range batch.Records {
				fmt.Println(feed.Name(), r.Key, r.Item.Kind, r.Item.Outcome, r.Item.Actor)
			}
		}
	}
	// Output:
	// snaplogic/activities 5a login failure {  ada@example.com }
	// sdelements/activities 7 login success {12   }
}

// OCSF returns an event in the form of the Open Cybersecurity Schema Framework.
func ExampleEvent_OCSF() {
	event := activity.Event{
		Vendor: "snaplogic", Key: "5a", Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Action: "user_auth_failure",
		Kind: activity.KindLogin, Outcome: activity.OutcomeFailure, Actor: activity.Actor{Email: "ada@example.com", Address: "203.0.113.7"},
	}
	text, err := event.OCSF()
	if err != nil {
		log.Fatal(err)
	}
	var said struct {
		TypeName string `json:"type_name"`
		Status   string `json:"status"`
		Source   struct {
			IP string `json:"ip"`
		} `json:"src_endpoint"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		log.Fatal(err)
	}
	fmt.Println(said.TypeName, said.Status, said.Source.IP)
	// Output: Authentication: Logon Failure 203.0.113.7
}
