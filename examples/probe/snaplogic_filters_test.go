package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// snapLogicAlerts returns activities, of which some indexes are alerts.
func snapLogicAlerts(n int, alert func(i int) bool) []snaplogic.Activity {
	return snapLogicChanged(n, func(i int, a *snaplogic.Activity) {
		if alert(i) {
			a.Raw = json.RawMessage(fmt.Sprintf(`{"_id":%q,"create_time":%q,"is_alert":true,"alert_state":"open"}`, a.ID, a.CreateTime.Format(time.RFC3339Nano)))
		}
	})
}

func TestSnapLogicAlerts(t *testing.T) {
	third := func(i int) bool { return i%3 == 0 }
	testSnapLogic(t, "snaplogic.alerts", append(snapLogicFlags("filter_is_alert", snapLogicAlerts(30, third)),
		snapLogicCase{name: "both", rows: snapLogicAlerts(30, third), want: settled,
			answer: "there are 30, with true 10, and with false 20: a query without it lists both; of 10 alerts, 10 have is_alert, and 10 have alert_state"},
		snapLogicCase{name: "hidden", rows: snapLogicAlerts(30, third), opts: snapLogicOptions(snaplogictest.WithAlertsHidden()), want: settled,
			answer: "there are 20, with true 10, and with false 20: a query without it leaves out what true lists"},
		snapLogicCase{name: "as many of both, hidden", rows: snapLogicAlerts(30, func(i int) bool { return i%2 == 0 }),
			opts: snapLogicOptions(snaplogictest.WithAlertsHidden()), want: settled, answer: "a query without it leaves out what true lists"},
		snapLogicCase{name: "false is ignored", rows: snapLogicAlerts(30, third), opts: snapLogicOptions(snaplogictest.WithFalseIgnored()), want: settled,
			answer: "a query without it lists both, and false filters nothing"},
		snapLogicCase{name: "no alerts", rows: snapLogicRows(30), want: open, answer: "there are no alerts, which would show it"},
		snapLogicCase{name: "no alerts, hidden", rows: snapLogicRows(30), opts: snapLogicOptions(snaplogictest.WithAlertsHidden()), want: open, answer: "no alerts, which"},
		snapLogicCase{name: "only alerts", rows: snapLogicAlerts(30, func(int) bool { return true }), want: open, answer: "fits several answers"},
		snapLogicCase{name: "only alerts, hidden", rows: snapLogicAlerts(30, func(int) bool { return true }), opts: snapLogicOptions(snaplogictest.WithAlertsHidden()),
			want: open, answer: ""},
	))
}

func TestSnapLogicAdmin(t *testing.T) {
	rows := func() []snaplogic.Activity {
		return snapLogicChanged(30, func(i int, a *snaplogic.Activity) {
			if i%3 < 2 {
				a.SnapLogicAdminUpdate = new(i%3 == 0)
			}
		})
	}
	testSnapLogic(t, "snaplogic.admin", append(snapLogicFlags("filter_snaplogic_admin_update", rows()),
		snapLogicCase{name: "both", rows: rows(), want: settled, answer: "there are 30, with true 10, and with false 20: a query without it lists both"},
		snapLogicCase{name: "hidden", rows: rows(), opts: snapLogicOptions(snaplogictest.WithAdminUpdatesHidden()), want: settled, answer: "leaves out what true lists"},
		snapLogicCase{name: "false is ignored", rows: rows(), opts: snapLogicOptions(snaplogictest.WithFalseIgnored()), want: settled, answer: "false filters nothing"},
		snapLogicCase{name: "hidden, and false is ignored", rows: rows(), opts: snapLogicOptions(snaplogictest.WithAdminUpdatesHidden(), snaplogictest.WithFalseIgnored()),
			want: settled, answer: "leaves out what true lists"},
		snapLogicCase{name: "none of them", rows: snapLogicRows(30), want: open, answer: "there are no updates by SnapLogic, which would show it"},
		snapLogicCase{name: "false is only what says so", rows: rows(), want: settled, answer: "and activities that neither true nor false lists",
			faults: snapLogicReplaced(snapLogicAsked("filter_snaplogic_admin_update", "false"), snaplogictest.Fault{Body: strings.Replace(snapLogicFirst, `"total":1`, `"total":10`, 1)})},
		snapLogicCase{name: "false is nothing, and true neither", rows: snapLogicRows(30), want: settled, answer: "false leaves out more than what true lists",
			faults: snapLogicReplaced(snapLogicAsked("filter_snaplogic_admin_update", "false"), snaplogictest.Fault{Body: `{"total":0,"entries":[]}`})},
	))
}

// snapLogicFlags are the cases for both flags. True lists the first of the rows.
func snapLogicFlags(parameter string, rows []snaplogic.Activity) []snapLogicCase {
	refused := snaplogictest.Fault{Status: 400}
	raw := make([]string, len(rows))
	for i := range rows {
		text, _ := rows[i].MarshalJSON()
		raw[i] = string(text)
	}
	page := func(entries ...string) snaplogictest.Fault {
		return snaplogictest.Fault{Body: fmt.Sprintf(`{"total":%d,"offset":0,"limit":100,"entries":[%s]}`, len(entries), strings.Join(entries, ","))}
	}
	// Only what true lists comes without the parameter.
	alone := func(r snaplogictest.Request) *snaplogictest.Fault {
		switch {
		case r.Query().Has(parameter) || r.Query().Get("limit") == "1000" && !r.Query().Has("start"):
			return nil
		case r.Query().Get("limit") == "1000": // near an activity
			start := r.Query().Get("start")
			for i := 0; i < len(rows); i += 3 {
				if start == snapLogicMillis(rows[i].CreateTime.UnixMilli()-snapLogicMargin) {
					return new(page(raw[i]))
				}
			}
			return new(page())
		}
		marked := []string{}
		for i := 0; i < len(rows); i += 3 {
			marked = append(marked, raw[i])
		}
		return new(page(marked...))
	}
	vanishing := func(s *snaplogictest.Server) {
		s.OnRequest(func(r snaplogictest.Request) {
			if r.N == 4 {
				s.Delete(rows[1].ID)
			}
		})
	}
	return []snapLogicCase{
		{name: "true alone", rows: rows, faults: alone, want: settled, answer: "a query without it lists only what true lists"},
		{name: "true is ignored", rows: rows, faults: snapLogicReplaced(snapLogicAsked(parameter, "true"), page(append(raw[1:], raw[0])...)),
			want: settled, answer: "a query without it lists both, and true filters nothing"},
		{name: "ignored", rows: rows, want: settled, answer: "it filters nothing",
			faults: func(r snaplogictest.Request) *snaplogictest.Fault {
				if r.Query().Has(parameter) {
					return new(page(raw...))
				}
				return nil
			}},
		{name: "true is refused", rows: rows, faults: snapLogicReplaced(snapLogicAsked(parameter, "true"), refused), want: settled, answer: parameter + "=true is refused with status 400"},
		{name: "false is refused", rows: rows, faults: snapLogicReplaced(snapLogicAsked(parameter, "false"), refused), want: settled, answer: parameter + "=false is refused with status 400"},
		{name: "true fails", rows: rows, faults: snapLogicReplaced(snapLogicAsked(parameter, "true"), snaplogictest.Fault{Status: 502}), want: open, answer: "status 502"},
		{name: "no totals", rows: rows, opts: snapLogicOptions(snaplogictest.WithoutTotal()), want: open, answer: "no total"},
		{name: "negative totals", rows: rows, want: open, answer: "no total", faults: func(r snaplogictest.Request) *snaplogictest.Fault {
			if !r.Query().Has("start") {
				return nil
			}
			return &snaplogictest.Fault{Body: `{"total":-5,"entries":[]}`}
		}},
		{name: "all vanish", rows: rows, want: likely, answer: "a query without it lists both", fill: func(s *snaplogictest.Server) {
			s.OnRequest(func(r snaplogictest.Request) {
				if r.N == 6 { // what true lists is looked for
					s.DeleteFunc(func(snaplogic.Activity) bool { return true })
				}
			})
		}},
		{name: "the list changes", rows: rows, fill: vanishing, want: open, answer: "its total went from 30 to 29"},
		{name: "none", want: open, answer: "there are no activities in that time"},
	}
}

func TestSnapLogicBlank(t *testing.T) {
	blank := func(change func(a *snaplogic.Activity)) []snaplogic.Activity {
		return snapLogicChanged(30, func(i int, a *snaplogic.Activity) {
			a.AssetLabel = "secret"
			if i == 7 {
				change(a)
			}
		})
	}
	space := blank(func(a *snaplogic.Activity) { a.PartitionLabel = "secret space+1" })
	plus := snapLogicOptions(snaplogictest.WithLiteralPlus())
	twisted := func(r snaplogictest.Request) *snaplogictest.Fault {
		switch {
		case !strings.Contains(r.RawQuery, "filter_"):
			return nil
		case strings.Contains(r.RawQuery, "secret+") && !strings.Contains(r.RawQuery, snapLogicNoSuchValue):
			return nil
		}
		return &snaplogictest.Fault{Body: `{"total":0,"entries":[]}`}
	}
	testSnapLogic(t, "snaplogic.blank", []snapLogicCase{
		{name: "both", rows: space, want: settled, answer: "as %20 and as a plus"},
		{name: "a project", rows: blank(func(a *snaplogic.Activity) { a.ProjectLabel = "secret project" }), want: settled, answer: "as %20 and as a plus"},
		{name: "an asset", rows: blank(func(a *snaplogic.Activity) { a.AssetLabel = "secret asset" }), want: settled, answer: "as %20 and as a plus"},
		{name: "%20", rows: space, opts: plus, want: settled, answer: "must be sent as %20: a plus did not"},
		{name: "%20 for an asset", rows: blank(func(a *snaplogic.Activity) { a.AssetLabel = "secret asset" }), opts: plus, want: settled, answer: "must be sent as %20"},
		{name: "+", rows: space, faults: twisted, want: settled, answer: "must be sent as a plus"},
		{name: "the filter is ignored", rows: space, want: open, answer: "filter_project_space does not filter",
			faults: func(r snaplogictest.Request) *snaplogictest.Fault {
				if !strings.Contains(r.RawQuery, "filter_") {
					return nil
				}
				raw, _ := space[7].MarshalJSON()
				return &snaplogictest.Fault{Body: `{"total":1,"entries":[` + string(raw) + `]}`}
			}},
		{name: "the filter compares something else", rows: space, want: open, answer: "filter_project_space compares something else",
			faults: func(r snaplogictest.Request) *snaplogictest.Fault {
				if !strings.Contains(r.RawQuery, "filter_") {
					return nil
				}
				return &snaplogictest.Fault{Body: `{"total":0,"entries":[]}`}
			}},
		{name: "no blank", rows: blank(func(*snaplogic.Activity) {}), want: open, answer: "none of 30 activities has a blank"},
		{name: "blanks around only", rows: blank(func(a *snaplogic.Activity) { a.PartitionLabel = " secret " }), want: open, answer: "has a blank"},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}

func TestSnapLogicAsset(t *testing.T) {
	alone := func(with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(func(r snaplogictest.Request) bool {
			return r.Query().Has("filter_asset") && !r.Query().Has("filter_project")
		}, with)
	}
	empty := snaplogictest.Fault{Body: `{"total":0,"entries":[]}`}
	testSnapLogic(t, "snaplogic.asset", []snapLogicCase{
		{name: "alone", rows: snapLogicRows(30), want: settled, answer: "filter_asset works without the others"},
		{name: "refused", rows: snapLogicRows(30), opts: snapLogicOptions(snaplogictest.WithAssetInProject()), want: settled, answer: "alone it is refused with status 400"},
		{name: "nothing", rows: snapLogicRows(30), faults: alone(empty), want: settled, answer: "alone it found nothing"},
		{name: "everything", rows: snapLogicRows(1), faults: alone(snaplogictest.Fault{Body: snapLogicFirst}), want: settled, answer: "filters nothing without the others"},
		{name: "it compares something else", rows: snapLogicRows(30), want: open, answer: "these filters compare something else",
			faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.Query().Has("filter_asset") }, empty)},
		{name: "no project", rows: snapLogicChanged(30, func(_ int, a *snaplogic.Activity) { a.ProjectLabel = "" }), want: open, answer: "none of 30 activities"},
		{name: "it fails", rows: snapLogicRows(30), faults: alone(snaplogictest.Fault{Status: 500}), want: open, answer: "an answer failed"},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}

func TestSnapLogicAssetType(t *testing.T) {
	typed := func(name string) []snaplogic.Activity {
		return snapLogicChanged(30, func(i int, a *snaplogic.Activity) {
			if i == 7 {
				a.AssetType = name
			}
		})
	}
	asked := func(value string, with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(snapLogicAsked("filter_asset_type", value), with)
	}
	row, _ := typed("Dir")[7].MarshalJSON()
	testSnapLogic(t, "snaplogic.assettype", []snapLogicCase{
		{name: "found", rows: typed("Dir"), want: settled, answer: "the type Dir is found too"},
		{name: "refused", rows: typed("Dir"), opts: snapLogicOptions(snaplogictest.WithDocumentedAssetTypes()), want: settled, answer: "the type Dir is refused with status 400"},
		{name: "nothing", rows: typed("Dir"), faults: asked("Dir", snaplogictest.Fault{Body: `{"total":0,"entries":[]}`}), want: settled, answer: "the type Dir finds nothing"},
		{name: "the filter is ignored", rows: typed("Dir"), faults: asked("File", snaplogictest.Fault{Body: `{"total":1,"entries":[` + string(row) + `]}`}),
			want: open, answer: "does not filter"},
		{name: "a name that is not shown", rows: typed("secret@tenant"), want: open, answer: "none of 30 activities"},
		{name: "documented ones", rows: snapLogicRows(30), want: open, answer: "none of 30 activities"},
		{name: "the activity vanishes", rows: typed("Dir"), want: open, answer: "an answer failed", fill: func(s *snaplogictest.Server) {
			s.OnRequest(func(r snaplogictest.Request) {
				if r.N == 2 {
					s.DeleteFunc(func(snaplogic.Activity) bool { return true })
				}
			})
		}},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}

func TestSnapLogicUnknown(t *testing.T) {
	probing := func(with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(snapLogicAsked("filter_probe", "1"), with)
	}
	lenient := snapLogicOptions(snaplogictest.WithUnknownParametersIgnored())
	testSnapLogic(t, "snaplogic.unknown", []snapLogicCase{
		{name: "refused", rows: snapLogicRows(30), want: settled, answer: "it is refused with status 400"},
		{name: "ignored", rows: snapLogicRows(30), opts: lenient, want: settled, answer: "it is ignored: the total is 30"},
		{name: "ignored without a total", rows: snapLogicRows(30), opts: append(lenient, snaplogictest.WithoutTotal()), want: likely, answer: "are still listed"},
		{name: "it filters", rows: snapLogicRows(30), faults: probing(snaplogictest.Fault{Body: `{"total":0,"entries":[]}`}), want: settled, answer: "lists nothing"},
		{name: "counted and not listed", rows: snapLogicRows(30), faults: probing(snaplogictest.Fault{Body: `{"total":3,"entries":[]}`}), want: open, answer: "lists none"},
		{name: "it fails", rows: snapLogicRows(30), faults: probing(snaplogictest.Fault{Status: 500}), want: open, answer: "status 500"},
		{name: "all is refused by then", rows: snapLogicRows(30), want: open, answer: "without the parameter either",
			faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N > 1 }, snaplogictest.Fault{Status: 400})},
		{name: "all is refused by then, none", want: open, answer: "without the parameter either",
			faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N > 1 }, snaplogictest.Fault{Status: 400})},
		{name: "refused, none", want: settled, answer: "it is refused"},
		{name: "ignored, none", opts: lenient, want: open, answer: "whether it filters was not seen"},
	})
}
