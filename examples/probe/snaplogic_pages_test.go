package main

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestSnapLogicLimit(t *testing.T) {
	counted := snaplogictest.WithCountedLimit()
	asked := func(value string, with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(snapLogicAsked("limit", value), with)
	}
	testSnapLogic(t, "snaplogic.limit", []snapLogicCase{
		{name: "asked", rows: snapLogicRows(30), want: likely, answer: "is that of the request: 100000, with 1 activity; the limit 100,000 is accepted"},
		{name: "counted", rows: snapLogicRows(30), opts: snapLogicOptions(counted), want: likely, answer: "is the number of its activities: 1, where 100000 were requested"},
		{name: "asked, of many", rows: snapLogicRows(1200), want: likely, answer: "is that of the request: 100000"},
		{name: "counted, of many", rows: snapLogicRows(1200), opts: snapLogicOptions(counted), want: likely, answer: "is the number of its activities: 1,"},
		{name: "small pages", rows: snapLogicRows(1200), opts: snapLogicOptions(snaplogictest.WithPageLimit(200)), want: settled,
			answer: "1000 were requested, 200 came, and 1200 were there: the service lists no more at once"},
		{name: "refused", rows: snapLogicRows(30), faults: asked("100000", snaplogictest.Fault{Status: 400}), want: settled,
			answer: "is that of the request: 1000, with 30 activities; the limit 100,000 is refused with status 400"},
		{name: "refused, and not told apart", rows: snapLogicRows(1200), faults: asked("100000", snaplogictest.Fault{Status: 400}), want: likely, answer: "is refused"},
		{name: "it fails", rows: snapLogicRows(30), faults: asked("100000", snaplogictest.Fault{Status: 504}), want: likely, answer: "was not seen: the service fails (status 504)"},
		{name: "it fails, and is not told apart", rows: snapLogicRows(1200), faults: asked("100000", snaplogictest.Fault{Status: 504}), want: open, answer: "status 504"},
		{name: "nothing comes", rows: snapLogicRows(30), faults: asked("100000", snaplogictest.Fault{Status: 204}), want: likely, answer: "lacks an activity that it must have"},
		{name: "the small one is refused", rows: snapLogicRows(30), faults: asked("10", snaplogictest.Fault{Status: 400}), want: likely, answer: "accepted was not seen: the request is refused"},
		{name: "too many", rows: snapLogicChanged(1200, func(_ int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay }), want: open, answer: "could have been long"},
		{name: "not counted", rows: snapLogicRows(30), opts: snapLogicOptions(snaplogictest.WithoutTotal()), want: likely, answer: "could have been long"},
		{name: "none", want: likely, answer: "there is no activity"},
		{name: "counted, none", opts: snapLogicOptions(counted), want: likely, answer: "the number of its activities: 0, where 1000"},
	})
}

func TestSnapLogicOffset(t *testing.T) {
	at := func(offset string, with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(snapLogicAsked("offset", offset), with)
	}
	testSnapLogic(t, "snaplogic.offset", []snapLogicCase{
		{name: "empty", rows: snapLogicRows(300), want: likely, answer: "beyond a list of 300, the page is empty"},
		{name: "far", rows: snapLogicRows(snapLogicLongList), want: settled, answer: "eyond a list of 5000, the page is empty"},
		{name: "refused beyond", rows: snapLogicRows(300), opts: snapLogicOptions(snaplogictest.WithMaxOffset(300)), want: likely,
			answer: "beyond a list of 300, the offset 310 is refused with status 400"},
		{name: "refused before", rows: snapLogicRows(300), opts: snapLogicOptions(snaplogictest.WithMaxOffset(200)), want: settled,
			answer: "the offset 250 is refused with status 400, although the list has 300"},
		{name: "nothing before", rows: snapLogicRows(300), faults: at("250", snaplogictest.Fault{Body: `{"total":300,"entries":[]}`}), want: likely, answer: "lists nothing, although"},
		{name: "listed beyond", rows: snapLogicRows(300), faults: at("310", snaplogictest.Fault{Body: snapLogicFirst}), want: likely, answer: "are still listed"},
		{name: "it fails beyond", rows: snapLogicRows(300), faults: at("310", snaplogictest.Fault{Status: 500}), want: open, answer: "status 500"},
		{name: "it fails before", rows: snapLogicRows(300), faults: at("250", snaplogictest.Fault{Status: 500}), want: open, answer: "status 500"},
		{name: "all is refused by then", rows: snapLogicRows(300), want: open, answer: "at its beginning either",
			faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N > 1 }, snaplogictest.Fault{Status: 400})},
		{name: "no total", rows: snapLogicRows(300), opts: snapLogicOptions(snaplogictest.WithoutTotal()), want: open, answer: "no total"},
		{name: "a total in quotes", rows: snapLogicRows(300), want: likely, answer: "beyond a list of 300, the page is empty",
			faults: func(snaplogictest.Request) *snaplogictest.Fault {
				return &snaplogictest.Fault{Damage: func(body []byte) []byte { return bytes.Replace(body, []byte("300,"), []byte(`"300",`), 1) }}
			}},
		{name: "one", rows: snapLogicRows(1), want: likely, answer: "beyond a list of 1, the page is empty"},
		{name: "none", want: likely, answer: "beyond a list of 0, the page is empty"},
	})
}

func TestSnapLogicEnvelope(t *testing.T) {
	later := func(with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(snapLogicAsked("offset", "1"), with)
	}
	bare := snapLogicOptions(snaplogictest.WithBareEnvelope())
	testSnapLogic(t, "snaplogic.envelope", []snapLogicCase{
		{name: "wrapped", rows: snapLogicRows(3), want: settled, answer: "the first page is wrapped in response_map, a later one wrapped in response_map"},
		{name: "bare", rows: snapLogicRows(3), opts: bare, want: settled, answer: "the first page is bare, a later one bare"},
		{name: "bare later", rows: snapLogicRows(3), faults: later(snaplogictest.Fault{Body: `{"total":3,"entries":[]}`}), want: settled, answer: "wrapped in response_map, a later one bare"},
		{name: "wrapped later", rows: snapLogicRows(3), opts: bare, faults: later(snaplogictest.Fault{Body: snapLogicFirst}), want: settled, answer: "is bare, a later one wrapped"},
		{name: "no content later", rows: snapLogicRows(1), faults: later(snaplogictest.Fault{Status: 204}), want: settled, answer: "a later one without content"},
		{name: "it fails later", rows: snapLogicRows(3), faults: later(snaplogictest.Fault{Status: 500}), want: likely, answer: "a later one could not be read"},
		{name: "none", want: settled, answer: "the first page is wrapped"},
	})
}

func TestSnapLogicStatus(t *testing.T) {
	header := func(status string) http.Header { return http.Header{"X-SL-StatusCode": {status}} }
	all := func(with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(func(snaplogictest.Request) bool { return true }, with)
	}
	wrong := func(with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
		return snapLogicReplaced(snapLogicAsked("limit", "none"), with)
	}
	lenient := func(r snaplogictest.Request) *snaplogictest.Fault {
		if r.Query().Get("limit") == "none" || r.Query().Get("start") == "none" {
			return &snaplogictest.Fault{Body: snapLogicFirst}
		}
		return nil
	}
	testSnapLogic(t, "snaplogic.status", []snapLogicCase{
		{name: "no header", rows: snapLogicRows(3), want: settled, answer: "on a list the HTTP status is 200, there is no X-SL-StatusCode, http_status_code is 200; " +
			"on an error the HTTP status is 400, there is no X-SL-StatusCode, http_status_code is 400, which do not differ"},
		{name: "a header", rows: snapLogicRows(3), opts: snapLogicOptions(snaplogictest.WithStatusHeader()), want: settled, answer: "on a list the HTTP status is 200, X-SL-StatusCode is 200, http_status_code is 200; " +
			"on an error the HTTP status is 400, X-SL-StatusCode is 400, http_status_code is 400, which do not differ"},
		{name: "bare", rows: snapLogicRows(3), opts: snapLogicOptions(snaplogictest.WithBareEnvelope()), want: settled, answer: "there is no http_status_code; on an error"},
		{name: "an error with 200", rows: snapLogicRows(3), faults: wrong(snaplogictest.Fault{Body: `{"http_status_code":"400","response_map":"secret"}`}), want: settled,
			answer: "on an error the HTTP status is 200, there is no X-SL-StatusCode, http_status_code is 400, which differ"},
		{name: "an error in the header", rows: snapLogicRows(3), faults: wrong(snaplogictest.Fault{Header: header("422"), Body: snapLogicFirst}), want: settled, answer: "X-SL-StatusCode is 422"},
		{name: "another status on a list", rows: snapLogicRows(3), faults: all(snaplogictest.Fault{Header: header("206"), Body: snapLogicFirst}), want: likely, answer: "X-SL-StatusCode is 206"},
		{name: "an error on a list", rows: snapLogicRows(3), faults: all(snaplogictest.Fault{Header: header("403")}), want: settled,
			answer: "no list came: the HTTP status is 200, X-SL-StatusCode is 403, http_status_code is 200, which differ"},
		{name: "something else in the header", rows: snapLogicRows(3), faults: wrong(snaplogictest.Fault{Header: header("secret"), Status: 400}), want: settled,
			answer: "X-SL-StatusCode is something that is no status"},
		{name: "nothing is refused", rows: snapLogicRows(3), faults: lenient, want: likely, answer: "are not refused"},
		{name: "a wrong limit is not refused", rows: snapLogicRows(3), faults: wrong(snaplogictest.Fault{Body: snapLogicFirst}), want: settled, answer: "on an error the HTTP status is 400"},
		{name: "a page for people", rows: snapLogicRows(3), faults: wrong(snaplogictest.Fault{Body: "<html>secret</html>"}), want: likely, answer: "an error was not seen"},
		{name: "no answer", rows: snapLogicRows(3), faults: all(snaplogictest.Fault{Reset: true}), want: open, answer: "cannot be reached"},
		{name: "no answer to the wrong one", rows: snapLogicRows(3), faults: wrong(snaplogictest.Fault{Reset: true}), want: likely, answer: "an error was not seen"},
		{name: "the service fails", rows: snapLogicRows(3), faults: all(snaplogictest.Fault{Status: 500}), want: open, answer: "no list came: the HTTP status is 500"},
		{name: "none", want: settled, answer: "on an error the HTTP status is 400"},
	})
}
