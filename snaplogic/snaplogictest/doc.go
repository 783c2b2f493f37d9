// Package snaplogictest is a fake of SnapLogic's activity API for tests of programs that use
// package snaplogic.
//
//	server := snaplogictest.NewServer(snaplogictest.WithRows(2500))
//	client := server.Client()
//	got, err := client.Activities(snaplogic.ActivityQuery{EventTypes: …}).Collect(ctx, 0)
//
// It runs in memory and opens no socket, so that in a testing/synctest bubble a day passes in an
// instant, or on a loopback address if [Server.URL] is called. It is strict where the vendor is
// silent or forgiving: whatever it does not know, or finds in the wrong place or form, is refused
// with an answer that names it, so that a misspelt filter cannot pass.
//
// It serves what the vendor documents, with these choices where that leaves any: the newest
// activity comes first (probe: snaplogic.order); start is included in the time that is asked for,
// end is not (see [WithExclusiveBounds] and [WithInclusiveEnd]); the names that filters ask for are
// those in partition_label, project_label, asset_label, asset_type and event_type; a user is found
// in by_whom and user_id. An offset beyond the list is an empty page (probe: snaplogic.offset), and
// every answer is wrapped (probe: snaplogic.envelope). How an entry says that it is an alert is not
// documented (probe: snaplogic.alerts): here it has is_alert and, in alert_state, "open" or
// "closed". Other options are for what the service may do instead.
//
// Where "probe" stands with a name, examples/probe asks the service about it.
//
// A list has a pinned end, at the latest the moment at which its walk began. The clock of a
// testing/synctest bubble begins in the year 2000, where activities of a later date do not exist
// yet: WithRows minds that, and those that you add have to be dated accordingly.
package snaplogictest
