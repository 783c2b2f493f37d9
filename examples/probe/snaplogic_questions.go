package main

func snapLogicQuestions() []question {
	p := new(snapLogicProbe)
	const sample = 1 // the request that all questions share, once it was answered
	return []question{
		{
			id:      "snaplogic.order",
			unknown: "the order of the list",
			why:     "a list whose newest activities come first is bounded by the moment at which it is read; another one has no end except that of its query",
			asked:   "the times of 1,000 activities, the newest of which are an hour old, are compared in the order in which they come",
			cost:    sample, ask: p.order,
		},
		{
			id:      "snaplogic.ties",
			unknown: "whether activities of one instant keep their order",
			why:     "where they do not, pages by offset repeat some and leave out others, which costs the SDK further requests",
			asked:   "the same activities are asked for again, and once more by a page that begins among some of one instant",
			cost:    sample + 2, ask: p.ties,
		},
		{
			id:      "snaplogic.start",
			unknown: "whether start includes activities of that very millisecond",
			why:     "it decides whether spans of time that join repeat activities or leave some out",
			asked:   "two seconds around an activity that is older than an hour are asked for, with start at its time and beside it",
			cost:    sample + 4, ask: p.start,
		},
		{
			id:      "snaplogic.end",
			unknown: "whether end includes activities of that very millisecond",
			why:     "it decides whether spans of time that join repeat activities or leave some out",
			asked:   "two seconds around an activity that is older than an hour are asked for, with end at its time and beside it",
			cost:    sample + 4, ask: p.finish,
		},
		{
			id:      "snaplogic.alerts",
			unknown: "whether a query without filter_is_alert returns alerts and all else",
			why:     "if it returns no alerts, a feed without IsAlert misses them",
			asked:   "the totals without it, with true and with false are compared, and an activity that tells the cases apart is looked for",
			cost:    sample + 7, ask: p.alerts,
		},
		{
			id:      "snaplogic.admin",
			unknown: "what filter_snaplogic_admin_update=false returns, and a query without it",
			why:     "if a query without it leaves out what processes of SnapLogic did, a feed without AdminUpdate misses that",
			asked:   "the totals without it, with true and with false are compared, and an activity that tells the cases apart is looked for",
			cost:    sample + 7, ask: p.admin,
		},
		{
			id:      "snaplogic.blank",
			unknown: "whether a blank in a value may be sent as a plus",
			why:     "the SDK sends %20; a proxy or a program that rewrites queries may send a plus",
			asked:   "an activity is looked for by a name with a blank, sent as %20 and as +, and by a name that there is not",
			cost:    sample + 3, ask: p.blank,
		},
		{
			id:      "snaplogic.asset",
			unknown: "whether filter_asset works without filter_project_space and filter_project",
			why:     "the vendor says that it needs them, and shows it without them; an ActivityQuery with Asset alone could find nothing, or everything",
			asked:   "an activity is looked for by its asset alone, by an asset that there is not, and by its asset, project and project space",
			cost:    sample + 3, ask: p.asset,
		},
		{
			id:      "snaplogic.assettype",
			unknown: "whether filter_asset_type takes other types than the documented ones",
			why:     "activities name further types, such as Dir; AssetType is passed on as it is",
			asked:   "an activity of another type is looked for by its type, by another one, and without",
			cost:    sample + 3, ask: p.assetType,
		},
		{
			id:      "snaplogic.unknown",
			unknown: "whether a parameter that the service does not know is refused",
			why:     "where it is ignored, a misspelt filter in ActivityQuery.Extra returns everything",
			asked:   "a parameter named filter_probe is sent, and the same request without it",
			cost:    sample + 2, ask: p.unknown,
		},
		{
			id:      "snaplogic.status",
			unknown: "whether X-SL-StatusCode comes, and what it says beside the other statuses",
			why:     "an error that is only there, or in http_status_code, looks like an empty list to a program that does not read it",
			asked:   "the statuses of a list are compared, and those of a request whose limit is no number",
			cost:    sample + 2, ask: p.status,
		},
		{
			id:      "snaplogic.limit",
			unknown: "what limit means in an answer, and whether 100,000 activities may be asked for at once",
			why:     "it decides how large PageSize may be",
			asked:   "a few activities are asked for with the limit 100,000, once it is known that they are few",
			cost:    sample + 2, ask: p.limit,
		},
		{
			id:      "snaplogic.offset",
			unknown: "how far an offset may go",
			why:     "a list that is longer than the service pages ends with an error",
			asked:   "one activity is asked for near the end of the list, and one ten places beyond it",
			cost:    sample + 3, ask: p.offset,
		},
		{
			id:      "snaplogic.envelope",
			unknown: "which of two documented forms an answer has",
			why:     "the SDK reads both; programs that read Page.Raw have to know",
			asked:   "the first page is looked at, and one from offset 1 on",
			cost:    sample + 1, ask: p.envelope,
		},
		{
			id:      "snaplogic.events",
			unknown: "which event types there are",
			why:     "the set is open; a type without a constant is of no kind that the vendors share",
			asked:   "the types of 1,000 activities are compared with the SDK's constants",
			cost:    sample, ask: p.events,
		},
		{
			id:      "snaplogic.late",
			unknown: "how late the service lists activities",
			why:     "a feed's rounds end a minute before now, and look back an hour; what is listed later is missed",
			asked:   "the times of 1,000 activities are compared with the times that their ids were made at, if these are ids of MongoDB's",
			cost:    sample, ask: p.late,
		},
	}
}
