// Package snaplogictest is a fake of SnapLogic's activity API, for tests of programs that use
// package snaplogic.
//
//	func TestExport(t *testing.T) {
//		server := snaplogictest.NewServer(snaplogictest.WithRows(500))
//		client := server.Client()
//		got, err := client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
//		if err != nil {
//			t.Fatal(err)
//		}
//		if len(got) != 500 {
//			t.Errorf("%d activities after %d requests", len(got), len(server.Requests()))
//		}
//	}
//
// The fake runs in memory. It opens a socket only for [Server.URL], so that it works in a
// testing/synctest bubble, where a day of waiting takes a moment.
//
// # Records
//
// [WithRows] invents activities. [Server.Add] takes your own, by their fields or as raw bytes.
// [Server.OnRequest] can add and delete activities between two pages.
//
// A feed does not read activities that are newer than its clock. In a bubble, time begins in the
// year 2000: WithRows moves its activities back before that, but those of Add keep their times.
//
// # Faults
//
// [Server.Fail] queues faults and [Server.FailWith] chooses one by the request: an error status, a
// broken connection, a damaged body, another charset, a delay. [Fault] lists them all. Options make
// the whole service behave differently, such as [WithPageSizes], [WithShuffledTies], [WithQuota] or
// [WithTokenLifetime].
//
//	server.Fail(snaplogictest.Fault{Status: 503}, snaplogictest.Fault{CutBody: 100})
//
// # Refused requests
//
// The fake is stricter than the service may be, so that a test notices mistakes. It refuses an
// unknown, repeated, empty or malformed parameter, a wrong path or method, a wrong or missing
// Accept or Content-Type header, a body, and credentials in the wrong place. The answer names the
// mistake.
//
// # Where the vendor is silent
//
// A mention such as (probe: snaplogic.order) names a question that the program examples/probe asks
// your account. Options select what else the service may do.
//
//   - Activities are newest first (probe: snaplogic.order).
//   - The start of a query is included, its end is not; see [WithExclusiveBounds] and
//     [WithInclusiveEnd].
//   - Filters compare partition_label, project_label, asset_label, asset_type and event_type. A
//     user is found in by_whom and user_id.
//   - An offset after the last activity selects an empty page (probe: snaplogic.offset).
//   - response_map contains every answer; see [WithBareEnvelope] (probe: snaplogic.envelope).
//   - An alert has is_alert, and alert_state with "open" or "closed". How an entry of the service
//     shows that it is an alert is not documented (probe: snaplogic.alerts).
package snaplogictest
