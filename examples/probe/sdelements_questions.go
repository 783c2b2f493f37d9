package main

// questions returns the questions. The first counts the request for the newest activities, which
// most of them use.
func (d *sdElementsProbe) questions() []question {
	const newest = "looks at the newest activities"
	return []question{
		{
			id: "sdelements.order", ask: d.order, cost: 2,
			unknown: "the order of a list, by date and by id",
			why:     "Collect with a limit returns the newest activities only if they come first; late ones need a longer FollowOptions.Lookback",
			method:  "requests the newest 1,000 activities, or 100 if the service refuses that; other questions use them too",
		},
		{
			id: "sdelements.names", ask: d.withNewest(1, d.names),
			unknown: "which names of activities have no constant in the SDK",
			why:     "Event calls them activity.KindOther",
			method:  newest,
		},
		{
			id: "sdelements.levels", ask: d.withNewest(1, d.levels),
			unknown: "which log levels there are",
			why:     "a program that depends on them must know all",
			method:  newest,
		},
		{
			id: "sdelements.members", ask: d.withNewest(1, d.members),
			unknown: "whether data has the members from which Event takes the target",
			why:     "without them the target has no id and no name",
			method:  newest,
		},
		{
			id: "sdelements.page_size", ask: d.withNewest(2, d.pageSize), cost: 2,
			unknown: "how large a page may be",
			why:     "larger pages read a long list in fewer requests",
			method:  "requests pages of 1, of 1,000 and, if there are more, of 10,000",
		},
		{
			id: "sdelements.links", ask: d.withNewest(2, d.links), cost: 1,
			unknown: "whether the link to the next page leads to the configured address",
			why:     "your own program that follows it may send its key elsewhere",
			method:  "looks at a page with a link to the next",
		},
		{
			id: "sdelements.past", ask: d.withNewest(0, d.past), cost: 1,
			unknown: "what a page past the end returns",
			why:     "the SDK recognizes one form of it if activities vanish while a list is read",
			method:  "requests a page number beyond all activities",
		},
		{
			id: "sdelements.ids", ask: d.withNewest(2, d.ids), cost: 3,
			unknown: "whether an id comes twice on the pages of a list",
			why:     "a list ends with activity.ErrListChanged if its pages do not fit together",
			method:  "requests up to three pages that end at the newest activity",
		},
		{
			id: "sdelements.count", ask: d.withNewest(3, d.count), cost: 1,
			unknown: "whether count is that of the filtered list",
			why:     "Page.Total is that count",
			method:  "requests one name within the newest activities",
		},
		{
			id: "sdelements.lookups", ask: d.withNewest(3, d.lookups), cost: 3,
			unknown: "whether a filter takes several values",
			why:     "one list could replace several",
			method:  "sends name__in and id__in with two values, and name twice",
		},
		{
			id: "sdelements.unknown", ask: d.withNewest(0, d.unknown), cost: 1,
			unknown: "whether an unknown parameter is refused",
			why:     "otherwise nobody notices a misspelt name in ActivityQuery.Extra",
			method:  "sends a parameter that cannot exist",
		},
		{
			id: "sdelements.bounds", ask: d.withNewest(1, d.bounds), cost: 6,
			unknown: "whether date_from and date_to include their own instants, to the microsecond",
			why:     "adjoining spans repeat or miss activities",
			method:  "requests one activity by its id, with bounds at its date and a microsecond away",
		},
		{
			id: "sdelements.zone", ask: d.withNewest(1, d.zone), cost: 4,
			unknown: "which zone a date without a Z is in",
			why:     "your own requests without a Z ask for other hours; the SDK always sends a Z",
			method:  "requests one activity by its id, with bounds near its date",
		},
		{
			id: "sdelements.stream", ask: d.stream, cost: 3,
			unknown: "which time a stream covers without bounds, and whether an older date_from is accepted",
			why:     "older activities are missing from it",
			method:  "requests the user's stream without bounds, and with older ones",
		},
		{
			id: "sdelements.cursor", ask: d.cursor, cost: 2,
			unknown: "what an unknown cursor of a stream returns",
			why:     "a list that is resumed from a stored cursor ends with the error for it",
			method:  "requests the user's stream with a made-up cursor",
		},
	}
}
