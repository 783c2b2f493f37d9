package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// An invented account. The service does not check it.
const user, password = "auditor@example.com", "example-password"

// pageSize is the SDK's default for SnapLogic.
const pageSize = 1000

func newClient(list string, opts ...activity.Option) (*snaplogic.Client, error) {
	return snaplogic.New(organization, snaplogic.Basic(user, password), append(opts, activity.WithBaseURL(list))...)
}

// walk reads a list with the SDK and keeps Raw.
func walk(ctx context.Context, list string, pageSize int, visit func(snaplogic.Activity)) error {
	client, err := newClient(list)
	if err != nil {
		return err
	}
	for a, err := range client.Activities(snaplogic.ActivityQuery{PageSize: pageSize}).All(ctx) {
		if err != nil {
			return err
		}
		visit(a)
	}
	return nil
}

// plainActivity has the fields of the SDK's record without its methods, so that encoding/json reads
// them.
type plainActivity snaplogic.Activity

// loop reads the same list into the same struct as a program without the SDK would: one request for
// each page, encoding/json, and the bytes of each entry kept.
func loop(ctx context.Context, list string, pageSize int, visit func(snaplogic.Activity)) error {
	for offset, total := 0, 1; offset < total; {
		url := fmt.Sprintf("%s/api/1/rest/public/activities/%s?limit=%d&offset=%d", list, organization, pageSize, offset)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		req.SetBasicAuth(user, password)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		var page struct {
			ResponseMap struct {
				Total   int               `json:"total"`
				Entries []json.RawMessage `json:"entries"`
			} `json:"response_map"`
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		_ = resp.Body.Close()
		if err != nil {
			return err
		}
		for _, raw := range page.ResponseMap.Entries {
			var a snaplogic.Activity
			if err := json.Unmarshal(raw, (*plainActivity)(&a)); err != nil {
				return err
			}
			a.Raw = raw
			visit(a)
		}
		offset, total = offset+len(page.ResponseMap.Entries), page.ResponseMap.Total
	}
	return nil
}

type reader func(ctx context.Context, list string, pageSize int, visit func(snaplogic.Activity)) error

func walkTask(do task) (result, error) { return measure(do, walk) }
func loopTask(do task) (result, error) { return measure(do, loop) }

// measure reads a list to its end. Each record differs from the one before.
func measure(do task, read reader) (result, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var measured result
	last := ""
	err := read(context.Background(), do.List, do.PageSize, func(a snaplogic.Activity) {
		if a.ID == last || a.CreateTime.IsZero() || len(a.Raw) == 0 || a.Problems != nil {
			panic("a record was not read as it should be")
		}
		last = a.ID
		measured.Records++
		measured.Bytes += len(a.Raw)
	})
	runtime.ReadMemStats(&after)
	measured.Objects = after.Mallocs - before.Mallocs
	return measured, err
}

func BenchmarkWalk(b *testing.B) {
	list := service(b)(distinct, false)
	for name, read := range map[string]reader{"sdk": walk, "loop": loop} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, read(b.Context(), list, pageSize, func(snaplogic.Activity) {}))
			}
		})
	}
}

// walkRows compares the SDK with the loop. The two measurements of a pair follow one another, so
// that the machine is in the same state.
func walkRows(t *testing.T, s scale) []row {
	list := service(t)(s.records, false)
	var cpu, objects []float64
	for range s.pairs {
		sdk := run(t, task{Do: "walk", List: list, PageSize: pageSize})
		byHand := run(t, task{Do: "loop", List: list, PageSize: pageSize})
		require.Equal(t, s.records, sdk.Records)
		require.Equal(t, s.records, byHand.Records)
		cpu = append(cpu, float64(sdk.CPU)/float64(byHand.CPU))
		objects = append(objects, float64(sdk.Objects)/float64(byHand.Objects))
	}
	pairs := fmt.Sprintf("of the loop by hand; median of %d pairs", s.pairs)
	return []row{
		{what: "CPU per record, whole process", measured: median(cpu), limit: 0.50, note: pairs},
		{what: "allocations per record", measured: median(objects), limit: 0.50, note: pairs},
	}
}
