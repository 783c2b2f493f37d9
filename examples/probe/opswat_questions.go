package main

// questions returns the questions in an order that lets one answer serve several of them. The check
// of the endpoint sends the first request. Together with the token, there are eight requests. The
// questions opswat.lone and opswat.equal cost nothing: they use requests that others left over.
func (p *opswatProbe) questions() []question {
	const byFirstPage = "looks at the first page, which was requested already"
	return []question{
		{
			id: "opswat.order", ask: p.onFirstRows(p.order),
			unknown: "whether the newest activities come first; the vendor says that they are ordered by date, and its sample is newest first",
			why:     "a feed needs this order to tell equal activities from activities that moved",
			method:  byFirstPage,
		}, {
			id: "opswat.times", ask: p.onFirstRows(p.times),
			unknown: "which forms timestamps have",
			why:     "a timestamp that the SDK cannot read leaves Activity.Timestamp zero",
			method:  byFirstPage,
		}, {
			id: "opswat.actions", ask: p.onFirstRows(p.actions),
			unknown: "which actions there are; the API's page has three, and the console shows more",
			why:     "opswat.Action has constants for three, and Activity.Event knows five",
			method:  byFirstPage,
		}, {
			id: "opswat.limit", ask: p.limit, cost: 1,
			unknown: "what a limit above 50 returns; the vendor's pages contradict each other about 406",
			why:     "the SDK takes 406 for a mistake of the caller, and never for the end of a list",
			method:  "requests a page of 51",
		}, {
			id: "opswat.zone", ask: p.onFirstPage(p.zone), cost: 1,
			unknown: "which zone timestamps are in; they name none",
			why:     "in the wrong zone, all activities are hours off",
			method:  "compares a new activity with the service's clock; you are asked to make one",
		}, {
			id: "opswat.headers", ask: p.onFirstPage(p.headers),
			unknown: "which headers describe the quota, and whether a reset is in seconds from now or since 1970",
			why:     "the SDK waits for the reset once nothing remains, and takes a number above a billion for seconds since 1970",
			method:  "looks at two answers that are 20 seconds apart; the second is that of opswat.zone",
		}, {
			id: "opswat.token", ask: p.token, cost: 1,
			unknown: "whether requests for tokens count for the quota",
			why:     "the SDK's limiter does not count them, so that an eleventh request might be refused",
			method:  "compares what remains of the quota before and after one more token, if the answers say that",
		}, {
			id: "opswat.day", ask: p.onFirstPage(p.day), cost: 1,
			unknown: "whether a list includes the day of its end date",
			why:     "the SDK sends the midnight after EndDate, so that a list may reach two days beyond it",
			method:  "requests the list of a day with activities and the day before",
		}, {
			id: "opswat.end", ask: p.onFirstPage(p.end), cost: 1,
			unknown: "what a page past the end returns: the vendor documents 413, and a sibling of this API sends an empty page",
			why:     "the SDK ends a list at either of the two, and at nothing else",
			method:  "requests the page after a short one, or page 9999",
		}, {
			id: "opswat.short", ask: p.onFirstPage(p.short),
			unknown: "whether a page with fewer activities than requested is the last one",
			why:     "the SDK requests the page after it, which costs one of ten requests a minute",
			method:  "looks at the answer of opswat.end, if a page was short",
		}, {
			id: "opswat.header", ask: p.header, cost: 1,
			unknown: "whether the token is accepted in the Authorization header alone; the vendor wants it in the URL",
			why:     "proxies and servers write URLs to their logs",
			method:  "sends one request with the token in the header, after the first reset of the quota that an answer named",
		}, {
			id: "opswat.window", ask: p.onFirstPage(p.window),
			unknown: "whether the ten requests count in any span of a minute, or in minutes that begin at fixed times",
			why:     "the SDK's limiter fits both, and waits longer than fixed minutes need",
			method:  "compares what all answers say about the quota",
		}, {
			id: "opswat.lone", ask: p.onFirstPage(p.lone),
			unknown: "what a start date without an end date does; the vendor says that the default of 24 hours is skipped if both are set",
			why:     "for a StartDate without EndDate, the SDK also sends an end",
			method:  "looks at the answer of opswat.zone, or sends a request that others left over",
		}, {
			id: "opswat.equal", ask: p.onFirstPage(p.equal),
			unknown: "whether a list may have the same start and end date; the vendor says that the end must be greater",
			why:     "the SDK refuses an EndDate that is not after StartDate",
			method:  "requests the list of one day, if others left a request over",
		},
	}
}
