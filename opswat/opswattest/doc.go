// Package opswattest is a fake of OPSWAT Central Management for tests of programs that use package
// opswat.
//
//	server := opswattest.NewServer(opswattest.WithRows(120))
//	client := server.Client()
//	query := opswat.ActivityQuery{StartDate: …, EndDate: …}
//	got, err := client.Activities(query).Collect(ctx, 0)
//
// It runs in memory and opens no socket, so that in a testing/synctest bubble a day passes in an
// instant, or on a loopback address if [Server.URL] is called. It is strict where the vendor is
// silent: whatever it does not know, or finds in the wrong place or form, is refused with an answer
// that names it. The quota of ten requests a minute is on by default.
//
// It serves what the vendor documents, with these choices where that leaves any: the end day
// belongs to the time that is asked for (see [WithExclusiveBounds]); the default age of 24 hours
// holds unless both dates are set (see [WithLoneDates]); timestamps are in UTC (see
// [WithLocation]); a limit outside 1 to 50 is 406 (see [WithCappedLimit]); a page past the end is
// 413, also the first page of nothing (see [WithEmptyPageAtEnd]); the quota holds in any span of a
// minute (see [WithFixedWindow]), without requests for tokens (see [WithTokensCounted]); a keyword
// is searched for without regard to case. Its error bodies are its own, since the vendor shows none
// (probe: opswat.limit, opswat.end).
package opswattest
