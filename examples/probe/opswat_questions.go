package main

// questions are asked in an order in which one answer serves several. The first request is that of
// the endpoint. Together with the token they send eight requests. What opswat.lone and opswat.equal
// may send is what others left of the eight, so that they cost nothing.
func (p *opswatProbe) questions() []question {
	return []question{
		{
			id: "opswat.order", ask: p.order,
			unknown: "whether the newest activities come first; the vendor says that they are ordered by date, and its sample is newest first",
			why:     "a feed tells activities that are alike from activities that moved by this order",
			asked:   "by the first page, which was requested already",
		}, {
			id: "opswat.times", ask: p.times,
			unknown: "in which forms timestamps come",
			why:     "a timestamp that the SDK cannot read leaves Activity.Timestamp zero",
			asked:   "by the first page, which was requested already",
		}, {
			id: "opswat.actions", ask: p.actions,
			unknown: "which actions there are; the API's page has three, and the console shows more",
			why:     "opswat.Action has constants for three, and Activity.Event knows five",
			asked:   "by the first page, which was requested already",
		}, {
			id: "opswat.limit", ask: p.limit, cost: 1,
			unknown: "what comes for a limit above 50; the vendor's pages contradict each other about 406",
			why:     "the SDK takes 406 for a mistake of the caller, and never for the end of a list",
			asked:   "by a page of 51",
		}, {
			id: "opswat.zone", ask: p.zone, cost: 1,
			unknown: "in which zone timestamps are; they name none",
			why:     "in the wrong zone, all activities are hours off",
			asked:   "by comparing an activity that arrives meanwhile with the service's clock; you are asked to make one",
		}, {
			id: "opswat.headers", ask: p.headers,
			unknown: "which headers say how the quota stands, and whether a reset is in seconds from now or since 1970",
			why:     "the SDK waits for the reset once nothing remains, and takes what is above a billion for seconds since 1970",
			asked:   "by two answers that are 20 seconds apart, the second of which is that of opswat.zone",
		}, {
			id: "opswat.token", ask: p.token, cost: 1,
			unknown: "whether requests for tokens count for the quota",
			why:     "the SDK's limiter does not count them, so that an eleventh request might be refused",
			asked:   "by what remains of the quota before and after one more token; only if the answers say what remains",
		}, {
			id: "opswat.day", ask: p.day, cost: 1,
			unknown: "whether the day of the end date is a part of the list",
			why:     "the SDK sends the midnight after EndDate, so that a list may reach two days beyond it",
			asked:   "by the list of a day on which there are activities and the day before",
		}, {
			id: "opswat.end", ask: p.end, cost: 1,
			unknown: "how a page past the end is answered: the vendor documents 413, and a sibling of this API sends an empty page",
			why:     "the SDK ends a list with either, and with nothing else",
			asked:   "by the page behind a short one, or by page 9999",
		}, {
			id: "opswat.short", ask: p.short,
			unknown: "whether a page with fewer activities than were asked for is the last one",
			why:     "the SDK requests the page behind it, which costs one of ten requests a minute",
			asked:   "by the request of opswat.end, if a page was short",
		}, {
			id: "opswat.header", ask: p.header, cost: 1,
			unknown: "whether the token is accepted in the header Authorization alone; the vendor wants it in the URL",
			why:     "a URL stands in the logs of proxies and servers",
			asked:   "by one request with the token in the header, after the first reset of the quota that an answer named",
		}, {
			id: "opswat.window", ask: p.window,
			unknown: "whether the ten requests count in any span of a minute, or in minutes that begin at fixed times",
			why:     "the SDK's limiter fits both, and waits longer than the second would need",
			asked:   "by what the answers to all requests say about the quota",
		}, {
			id: "opswat.lone", ask: p.lone,
			unknown: "what a start date without an end date does; the vendor says that the default of 24 hours is skipped if both are set",
			why:     "for a StartDate without EndDate, the SDK sends an end too",
			asked:   "by the request of opswat.zone, or by one of eight that others left",
		}, {
			id: "opswat.equal", ask: p.equal,
			unknown: "whether a list may have the same start and end date; the vendor says that the end must be greater",
			why:     "the SDK refuses an EndDate that is not after StartDate",
			asked:   "by the list of one day, if others left one of eight requests",
		},
	}
}
