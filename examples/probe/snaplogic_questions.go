package main

func snapLogicQuestions() []question {
	p := new(snapLogicProbe)
	const (
		sample    = 1 // the request that all questions share, once it succeeded
		boundsWhy = "it decides whether adjoining spans of time repeat or miss activities"
		flagHow   = "compares the totals without it, with true and with false, and searches for an activity that distinguishes the cases"
	)
	return []question{
		{
			id:      "snaplogic.order",
			unknown: "the order of the list",
			why:     "a list whose newest activities come first is bounded by the moment at which it is read; another one ends only where its query ends",
			method:  "compares the times of 1,000 activities that are at least an hour old, in the order of the list",
			cost:    sample, ask: p.onRows(p.order),
		},
		{
			id:      "snaplogic.ties",
			unknown: "whether activities of one instant keep their order",
			why:     "if they do not, pages by offset repeat some and miss others, which costs the SDK further requests",
			method:  "requests the same activities again, and a page that begins among some of one instant",
			cost:    sample + 2, ask: p.onRows(p.ties),
		},
		{
			id:      "snaplogic.start",
			unknown: "whether start includes activities of that very millisecond",
			why:     boundsWhy,
			method:  "requests two seconds around an activity that is older than an hour, with start at its time and next to it",
			cost:    sample + 4, ask: p.onSearchable(p.startBound),
		},
		{
			id:      "snaplogic.end",
			unknown: "whether end includes activities of that very millisecond",
			why:     boundsWhy,
			method:  "requests two seconds around an activity that is older than an hour, with end at its time and next to it",
			cost:    sample + 4, ask: p.onSearchable(p.endBound),
		},
		{
			id:      "snaplogic.alerts",
			unknown: "whether a query without filter_is_alert returns alerts and all other activities",
			why:     "if it returns no alerts, a feed without IsAlert misses them",
			method:  flagHow,
			cost:    sample + 7, ask: p.onSample(p.alerts),
		},
		{
			id:      "snaplogic.admin",
			unknown: "what filter_snaplogic_admin_update=false returns, and what a query without it returns",
			why:     "if a query without it leaves out updates by SnapLogic itself, a feed without AdminUpdate misses them",
			method:  flagHow,
			cost:    sample + 7, ask: p.onSample(p.admin),
		},
		{
			id:      "snaplogic.blank",
			unknown: "whether a blank in a value may be sent as a plus",
			why:     "the SDK sends %20, but a proxy or a program that rewrites queries may send a plus",
			method:  "searches for an activity by a name with a blank, sent as %20 and as +, and by a name that does not exist",
			cost:    sample + 3, ask: p.onSearchable(p.blank),
		},
		{
			id:      "snaplogic.asset",
			unknown: "whether filter_asset works without filter_project_space and filter_project",
			why:     "the vendor says that it needs them, and shows it without them; an ActivityQuery with Asset alone could find nothing, or everything",
			method:  "searches for an activity by its asset alone, by an asset that does not exist, and by its asset, project and project space",
			cost:    sample + 3, ask: p.onSearchable(p.asset),
		},
		{
			id:      "snaplogic.assettype",
			unknown: "whether filter_asset_type takes other types than the documented ones",
			why:     "activities name further types, such as Dir; the SDK passes AssetType on as it is",
			method:  "searches for an activity of another type by its type, by a documented type, and without a type",
			cost:    sample + 3, ask: p.onSearchable(p.assetType),
		},
		{
			id:      "snaplogic.unknown",
			unknown: "whether a parameter that the service does not know is refused",
			why:     "if it is ignored, a misspelt filter in ActivityQuery.Extra returns everything",
			method:  "sends a request with and without a parameter named filter_probe",
			cost:    sample + 2, ask: p.onSample(p.unknown),
		},
		{
			id:      "snaplogic.status",
			unknown: "whether X-SL-StatusCode comes, and how it relates to the other statuses",
			why:     "an error that is only there, or in http_status_code, looks like an empty list to a program that does not read it",
			method:  "compares the statuses of a list, and those of a request whose limit is no number",
			cost:    sample + 2, ask: p.status,
		},
		{
			id:      "snaplogic.limit",
			unknown: "what limit means in an answer, and whether one request may ask for 100,000 activities",
			why:     "it decides how large PageSize may be",
			method:  "requests a few activities with the limit 100,000, after checking that they are few",
			cost:    sample + 2, ask: p.onSample(p.limit),
		},
		{
			id:      "snaplogic.offset",
			unknown: "how large an offset may be",
			why:     "a list that is longer than the largest offset ends with an error",
			method:  "requests one activity near the end of the list, and one ten places beyond it",
			cost:    sample + 3, ask: p.onSample(p.offset),
		},
		{
			id:      "snaplogic.envelope",
			unknown: "which of two documented forms an answer has",
			why:     "the SDK reads both, but programs that read Page.Raw have to know",
			method:  "looks at the first page, and at a page from offset 1",
			cost:    sample + 1, ask: p.onSample(p.envelope),
		},
		{
			id:      "snaplogic.events",
			unknown: "which event types there are",
			why:     "the set is open; the event of a type without a constant has activity.KindOther",
			method:  "compares the types of 1,000 activities with the SDK's constants",
			cost:    sample, ask: p.onRows(p.events),
		},
		{
			id:      "snaplogic.late",
			unknown: "how late the service lists activities",
			why:     "a feed's rounds end a minute before now and look back an hour; what is listed later is missed",
			method:  "compares the times of 1,000 activities with the creation times in their ids, if these are MongoDB ids",
			cost:    sample, ask: p.onRows(p.late),
		},
	}
}
