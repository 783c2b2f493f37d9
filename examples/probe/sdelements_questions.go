package main

// questions are what is not known about SD Elements. The newest activities are read before all of
// them and count for the first.
func (d *sdElements) questions() []question {
	return []question{
		{
			id: "sdelements.order", unknown: "the order of a list, by date and by id",
			why:   "Collect of some activities is of the newest only if they come first; late ones need a longer FollowOptions.Lookback",
			asked: "the newest 1,000 activities, or 100 if the service refuses that; all other questions use them too", cost: 2, ask: d.order,
		},
		{
			id: "sdelements.names", unknown: "which names of activities occur that the SDK has no constant for",
			why: "Event calls them activity.KindOther", asked: "of the newest activities", ask: d.names,
		},
		{
			id: "sdelements.levels", unknown: "which log levels occur",
			why: "a program that goes by them must know all", asked: "of the newest activities", ask: d.levels,
		},
		{
			id: "sdelements.members", unknown: "whether data has the members that Event takes for the target",
			why: "the target has no id and no name otherwise", asked: "of the newest activities", ask: d.members,
		},
		{
			id: "sdelements.page_size", unknown: "how large a page may be",
			why: "larger pages read a long list in fewer requests", asked: "pages of 1, 1,000 and, if there are more, 10,000", cost: 2, ask: d.pageSize,
		},
		{
			id: "sdelements.links", unknown: "whether the link to the next page leads to the configured address",
			why: "a program of your own that follows it may send its key elsewhere", asked: "a page that others follow", cost: 1, ask: d.links,
		},
		{
			id: "sdelements.past", unknown: "what comes for a page past the end",
			why: "the SDK recognizes one form of it where activities vanish while a list is read", asked: "a page number beyond all activities", cost: 1, ask: d.past,
		},
		{
			id: "sdelements.ids", unknown: "whether an id comes twice on the pages of a list",
			why: "a list ends with activity.ErrListChanged where its pages do not fit together", asked: "up to three pages that end at the newest activity", cost: 3, ask: d.ids,
		},
		{
			id: "sdelements.count", unknown: "whether count is that of the filtered list",
			why: "Page.Total is that count", asked: "one name within the newest activities", cost: 1, ask: d.count,
		},
		{
			id: "sdelements.lookups", unknown: "whether a filter takes several values",
			why: "one list would replace several", asked: "name__in and id__in with two values, and name twice", cost: 3, ask: d.lookups,
		},
		{
			id: "sdelements.unknown", unknown: "whether an unknown parameter is refused",
			why: "a misspelt name in ActivityQuery.Extra is noticed only then", asked: "a parameter that cannot exist", cost: 1, ask: d.unknown,
		},
		{
			id: "sdelements.bounds", unknown: "whether date_from and date_to include their own instants, to the microsecond",
			why: "two spans that follow one another lose or repeat activities", asked: "one activity by its id, with bounds at its date and a microsecond beside it", cost: 6, ask: d.bounds,
		},
		{
			id: "sdelements.zone", unknown: "which zone a date without a Z is in",
			why: "requests of your own that have no Z ask for other hours; the SDK always sends a Z", asked: "one activity by its id, with bounds about its date", cost: 4, ask: d.zone,
		},
		{
			id: "sdelements.stream", unknown: "which time a stream covers without bounds, and whether an older date_from is taken",
			why: "activities before that are missing", asked: "the user's stream without bounds, and with older ones", cost: 3, ask: d.stream,
		},
		{
			id: "sdelements.cursor", unknown: "what comes for a cursor that a stream does not know",
			why: "a list that is resumed from a stored cursor ends with the error for it", asked: "the user's stream with a cursor of nonsense", cost: 2, ask: d.cursor,
		},
	}
}
