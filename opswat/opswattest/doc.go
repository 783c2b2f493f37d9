// Package opswattest is a fake of OPSWAT Central Management, for tests of programs that use package
// opswat.
//
//	func TestExport(t *testing.T) {
//		server := opswattest.NewServer(opswattest.WithRows(100))
//		client := server.Client()
//		query := opswat.ActivityQuery{StartDate: time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)}
//		got, err := client.Activities(query).Collect(t.Context(), 0)
//		if err != nil {
//			t.Fatal(err)
//		}
//		if len(got) != 100 {
//			t.Errorf("%d activities after %d requests", len(got), len(server.Requests()))
//		}
//	}
//
// The fake runs in memory. It opens a socket only for [Server.URL], so that it works in a
// testing/synctest bubble, where a day of waiting takes a moment. The service's quota of ten
// requests a minute is on by default. For a test that reads more pages, use such a bubble or
// [WithoutQuota].
//
// # Records
//
// [WithRows] invents activities. [Server.Add] takes your own, by their fields or as raw bytes.
// [Server.OnRequest] can add and delete activities between two pages.
//
// # Faults
//
// [Server.Fail] queues faults and [Server.FailWith] chooses one by the request: an error status, a
// broken connection, a damaged body, another charset, a delay. [Fault] lists them all. Options make
// the whole service behave differently, such as [WithPageSizes], [WithShuffledTies], [WithQuota] or
// [WithTokenLifetime].
//
//	server.Fail(opswattest.Fault{Status: 503}, opswattest.Fault{CutBody: 100})
//
// # Refused requests
//
// The fake is stricter than the service may be, so that a test notices mistakes. It refuses an
// unknown, repeated, empty or malformed member or parameter, a wrong path, method or content type,
// a missing Accept header, and credentials in the wrong place. The answer names the mistake. The
// vendor shows no error body, so that the fake has its own (probe: opswat.limit, opswat.end).
//
// # Where the vendor is silent
//
// A mention such as (probe: opswat.end) names a question that the program examples/probe asks your
// account. Options select what else the service may do.
//
//   - The day of end_date is included; see [WithExclusiveBounds].
//   - The default age of 24 hours applies unless both dates are set; see [WithLoneDates].
//   - Timestamps are in UTC; see [WithLocation].
//   - A limit outside 1 to 50 is answered with 406; see [WithCappedLimit].
//   - A page past the end is answered with 413, and so is the first page of an empty list; see
//     [WithEmptyPageAtEnd].
//   - The quota applies to any span of a minute, and requests for tokens do not count; see
//     [WithFixedWindow] and [WithTokensCounted].
//   - A search ignores case.
package opswattest
