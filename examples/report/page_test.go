package main

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/recorded/recordedtest"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// teamFile returns a collector's file with the events of one team in a week, at all vendors.
func teamFile(t *testing.T) (string, *sql.DB) {
	t.Helper()
	end := time.Now()
	var events []activity.Event
	for e, err := range tally.EventsOf(t.Context(), teamFakes(end).feeds(), tally.Span{From: end.AddDate(0, 0, -7), Until: end}) {
		require.NoError(t, err)
		events = append(events, e)
	}
	require.Greater(t, len(events), 150)
	return recordedtest.Write(t, recordedtest.Version, events...)
}

// sums returns the rows of a query with a name and a number.
func sums(t *testing.T, db *sql.DB, query string, args ...any) map[string]int {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	all := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		require.NoError(t, rows.Scan(&name, &n))
		all[name] = n
	}
	require.NoError(t, rows.Err())
	return all
}

// people selects the people in the records, with the numbers of SD Elements as the page shows them.
const people = "CASE WHEN vendor = 'sdelements' THEN 'sdelements ' || who ELSE who END"

const vendorNamed = "CASE vendor WHEN 'aspera' THEN 'Aspera' WHEN 'snaplogic' THEN 'SnapLogic' WHEN 'opswat' THEN 'OPSWAT' ELSE 'SD Elements' END"

func TestPage(t *testing.T) {
	path, db := teamFile(t)
	page := pageOf(t, "-db", path)
	chromium := browser(t)
	all := sums(t, db, "SELECT 'all', count(*) FROM records")["all"]

	t.Run("numbers are those of the file", func(t *testing.T) {
		p := open(chromium, t, page)
		assert.Equal(t, strconv.Itoa(all)+" of "+strconv.Itoa(all)+" events", p.text("#count"))
		assert.Equal(t, "Records 1 to 25 of "+strconv.Itoa(all)+", newest first", p.text("#caption"))
		assert.Equal(t, sums(t, db, "SELECT "+people+", count(*) FROM records GROUP BY 1"), p.figures("#people"))
		assert.Equal(t, sums(t, db, "SELECT kind, count(*) FROM records GROUP BY 1"), p.figures("#kinds"))
		assert.Equal(t, sums(t, db, "SELECT "+vendorNamed+", count(*) FROM records GROUP BY 1"), p.figures("#vendors"))
		days := js[map[string]int](p, `Object.fromEntries([...document.querySelectorAll("#days .column")].map(column =>
			[column.title.slice(0, 10), Number(column.querySelector(".figure").innerText)]))`)
		assert.Equal(t, sums(t, db, "SELECT substr(time, 1, 10), count(*) FROM records GROUP BY 1"), days)
		assert.Len(t, js[[]string](p, `[...document.querySelectorAll("#rows tr:not(.detail) time")].map(time => time.innerText)`), 25)
		p.assertNoProblems()
	})

	t.Run("filters", func(t *testing.T) {
		p := open(chromium, t, page)
		p.run(keys("#vendor", "OPSWAT"), keys("#outcome", "success"))
		n := sums(t, db, "SELECT 'n', count(*) FROM records WHERE vendor = 'opswat' AND outcome = 'success'")["n"]
		require.Positive(t, n)
		assert.Equal(t, strconv.Itoa(n)+" of "+strconv.Itoa(all)+" events", p.text("#count"))
		assert.Equal(t, sums(t, db, "SELECT "+people+", count(*) FROM records WHERE vendor = 'opswat' AND outcome = 'success' GROUP BY 1"), p.figures("#people"))
		assert.Equal(t, sums(t, db, "SELECT "+vendorNamed+", count(*) FROM records WHERE outcome = 'success' GROUP BY 1"), p.figures("#vendors"),
			"a filter does not hide its other values")
		assert.True(t, js[bool](p, `[...document.querySelectorAll("#rows tr:not(.detail)")].every(row => row.cells[1].innerText === "OPSWAT" && row.cells[4].innerText === "success")`))

		p.run(click("#chosen button:first-child"))
		assert.Equal(t, sums(t, db, "SELECT 'n', count(*) FROM records WHERE outcome = 'success'")["n"],
			js[int](p, `Number(document.querySelector("#count").innerText.split(" ")[0])`), "a single filter can be removed")
		p.run(click("#filters button[type=reset]"), chromedp.Poll[chromedp.Void](`document.querySelector("#chosen").childElementCount === 0`))

		half := time.Now().UTC().AddDate(0, 0, -3).Truncate(time.Minute)
		p.do(`document.querySelector("#from").value = "` + half.Format("2006-01-02T15:04") + `"; document.querySelector("#from").dispatchEvent(new Event("input", {bubbles: true}))`)
		n = sums(t, db, "SELECT 'n', count(*) FROM records WHERE time >= ?", half.Format("2006-01-02T15:04:05.000000000Z"))["n"]
		assert.Equal(t, strconv.Itoa(n)+" of "+strconv.Itoa(all)+" events", p.text("#count"))
		p.run(keys("#text", "invoices"))
		n = sums(t, db, "SELECT 'n', count(*) FROM records WHERE time >= ? AND target LIKE '%invoices%'", half.Format("2006-01-02T15:04:05.000000000Z"))["n"]
		require.Positive(t, n)
		assert.Equal(t, strconv.Itoa(n)+" of "+strconv.Itoa(all)+" events", p.text("#count"))
		p.assertNoProblems()
	})

	t.Run("bars select records", func(t *testing.T) {
		p := open(chromium, t, page)
		p.run(click("#kinds li:first-child .bar"))
		kind := js[string](p, `document.querySelector("#kinds .bar[aria-pressed=true] .name").innerText`)
		n := sums(t, db, "SELECT 'n', count(*) FROM records WHERE kind = ?", kind)["n"]
		assert.Equal(t, "Records 1 to 25 of "+strconv.Itoa(n)+", newest first", p.text("#caption"))
		assert.True(t, js[bool](p, onRecords))
		assert.True(t, js[bool](p, `document.querySelector("#records").getBoundingClientRect().top < innerHeight / 2`), "the records are visible")
		assert.True(t, js[bool](p, `[...document.querySelectorAll("#rows tr:not(.detail)")].every(row => row.cells[3].innerText === "`+kind+`")`))
		p.run(click("#older"))
		assert.Contains(t, p.text("#caption"), "Records 26 to ")
		p.run(click("#rows tr:first-child button"))
		var raw map[string]any
		require.NoError(t, json.Unmarshal([]byte(p.text("#rows tr.detail:not([hidden]) pre")), &raw), "the record as it was sent")

		p.run(click("#kinds .bar[aria-pressed=true]"), click("#days .column:nth-child(3)"))
		day := js[string](p, `document.querySelector("#days .column[aria-pressed=true]").title.slice(0, 10)`)
		n = sums(t, db, "SELECT 'n', count(*) FROM records WHERE substr(time, 1, 10) = ?", day)["n"]
		assert.Contains(t, p.text("#caption"), " of "+strconv.Itoa(n)+", newest first")
		p.assertNoProblems()
	})

	t.Run("periods", func(t *testing.T) {
		start := time.Date(2024, time.January, 30, 23, 0, 0, 0, time.UTC)
		for _, test := range []struct {
			days   int
			period string
			names  string // of the periods, in SQL
		}{
			{40, "day", "substr(time, 1, 10)"},
			{100, "week", "date(time, '-6 days', 'weekday 1')"},
			{400, "month", "substr(time, 1, 7) || '-01'"},
			{4000, "year", "substr(time, 1, 4) || '-01-01'"},
		} {
			var events []activity.Event
			for i := range 9 {
				at := start.AddDate(0, 0, test.days*i*i/64)
				events = append(events, activity.Event{Vendor: "snaplogic", Feed: "activities", Key: strconv.Itoa(i), Time: at, Raw: []byte("{}")})
			}
			path, db := recordedtest.Write(t, recordedtest.Version, events...)
			p := open(chromium, t, pageOf(t, "-db", path))
			assert.Equal(t, "Events per "+test.period, p.text("#days-title"))
			columns := js[map[string]int](p, `Object.fromEntries([...document.querySelectorAll("#days .column")]
				.map(column => column.title.match(/(\d{4}-\d{2}-\d{2}): (\d+)/).slice(1)).filter(([, n]) => n > 0).map(([name, n]) => [name, Number(n)]))`)
			assert.Equal(t, sums(t, db, "SELECT "+test.names+", count(*) FROM records GROUP BY 1"), columns)
			p.assertNoProblems()
		}
	})

	t.Run("year 1", func(t *testing.T) {
		var events []activity.Event
		for i, at := range []time.Time{time.Date(1, time.January, 1, 5, 0, 0, 0, time.UTC), time.Date(2026, time.May, 8, 12, 0, 0, 0, time.UTC)} {
			events = append(events, activity.Event{Vendor: "snaplogic", Feed: "activities", Key: strconv.Itoa(i), Time: at, Raw: []byte("{}")})
		}
		path, _ := recordedtest.Write(t, recordedtest.Version, events...)
		p := open(chromium, t, pageOf(t, "-db", path))
		assert.Equal(t, "year from 0001-01-01: 1 event", js[string](p, `document.querySelector("#days .column").title`))
		p.run(click("#days .column"))
		assert.Equal(t, "1 of 2 events", p.text("#count"))
		p.assertNoProblems()
	})

	t.Run("timeline of a person", func(t *testing.T) {
		named := pageOf(t, "-db", path, "-same", "sdelements 1=ada.okafor@example.com")
		p := open(chromium, t, named)
		p.run(keys("#person", "ada.okafor"))
		n := sums(t, db, "SELECT 'n', count(*) FROM records WHERE who IN ('ada.okafor@example.com', '1')")["n"]
		assert.Contains(t, p.text("#timeline"), "ada.okafor@example.com: "+strconv.Itoa(n)+" events at 4 vendors")
		times := js[[]string](p, `[...document.querySelectorAll(".steps time")].map(time => time.dateTime)`)
		assert.Len(t, times, n)
		assert.True(t, slices.IsSorted(times))
		assert.ElementsMatch(t, []string{"Aspera", "SnapLogic", "OPSWAT", "SD Elements"}, js[[]string](p, `[...new Set([...document.querySelectorAll(".steps .vendor")].map(vendor => vendor.innerText))]`))
		assert.Len(t, sums(t, db, "SELECT substr(time, 1, 10), 1 FROM records WHERE who IN ('ada.okafor@example.com', '1') GROUP BY 1"),
			js[int](p, `document.querySelectorAll("#timeline .day").length`))
		assert.Equal(t, 4, js[int](p, `document.querySelectorAll(".lane").length`))
		assert.True(t, js[bool](p, `[...document.querySelectorAll(".lane")].every(lane => lane.querySelector(".mark"))`))
		p.assertNoProblems()
	})

	t.Run("keyboard", func(t *testing.T) {
		p := open(chromium, t, page)
		p.press(kb.Tab, onBar)
		assert.True(t, js[bool](p, hasOutline), "the focus is visible")
		name := js[string](p, `document.activeElement.querySelector(".name").innerText`)
		p.press(kb.Enter, onRecords)
		assert.Contains(t, p.text("#chosen"), name)
		p.press(kb.Tab, onDetails)
		p.press(" ", `document.activeElement.getAttribute("aria-expanded") === "true"`)
		assert.Contains(t, p.text("#rows tr.detail:not([hidden])"), "As sent")
		p.press(kb.Tab, `document.activeElement.id === "older"`)
		p.press(kb.Enter, onRecords)
		assert.Contains(t, p.text("#caption"), "Records 26 to ")
		p.assertNoProblems()
	})

	t.Run("dark and light colours", func(t *testing.T) {
		const background, ground = `getComputedStyle(document.documentElement).backgroundColor`, "rgb(247, 247, 245)"
		const dark = "rgb(21, 24, 27)"
		p := open(chromium, t, page)
		assert.Equal(t, ground, js[string](p, background))
		p.run(prefers("dark"))
		assert.Equal(t, dark, js[string](p, background))
		p.run(chromedp.Poll[chromedp.Void](`document.querySelector("#theme").innerText === "Light colours"`)) // the page is notified later
		p.run(click("#theme"))
		assert.Equal(t, ground, js[string](p, background))
		p.run(click("#theme"))
		assert.Equal(t, dark, js[string](p, background))
		p.assertNoProblems()
	})

	t.Run("contrast and labels", func(t *testing.T) {
		for _, scheme := range []string{"light", "dark"} {
			p := open(chromium, t, page, prefers(scheme))
			p.run(click("#people li:first-child .bar"), click("#rows tr:first-child button"))
			assert.Empty(t, js[[]string](p, lowContrast), scheme)
			assert.Empty(t, js[[]string](p, unlabeled))
			assert.Equal(t, []string{"H1"}, js[[]string](p, `[...document.querySelectorAll("h1")].map(h => h.tagName)`))
			assert.True(t, js[bool](p, `["header", "main", "footer", "nav[aria-label]", "form[aria-label]", "table > caption", "th[scope=col]", "[aria-live=polite]"].every(s => document.querySelector(s))`))
			p.assertNoProblems()
		}
	})

	t.Run("narrow screen", func(t *testing.T) {
		p := open(chromium, t, page, chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
		p.run(click("#people li:first-child .bar"))
		assert.LessOrEqual(t, js[int](p, `document.documentElement.scrollWidth`), 360)
		p.assertNoProblems()
	})

	t.Run("hostile records", func(t *testing.T) {
		_, hostile := hostileFile(t)
		p := open(chromium, t, pageOf(t, "-db", hostile))
		assert.Equal(t, "5 of 5 events", p.text("#count"))
		p.run(click("#people li:first-child .bar"))
		p.do(`document.querySelectorAll("td button").forEach(button => button.click())`)
		text := p.text("body")
		for _, want := range []string{`<img src=x onerror=window.ran=1>`, `</script><script>window.ran=1</script>`, `<!--<script>`, `javascript:window.ran=1`,
			"safe⟨U+202E⟩fdp.exe", "a⟨U+0000⟩b", "'\"&lt;&amp;", "line⟨U+2028⟩separator"} {
			assert.Contains(t, text, want)
		}
		assert.True(t, js[bool](p, `window.ran === undefined`))
		assert.Zero(t, js[int](p, `document.querySelectorAll("main img, main script, main iframe, main a").length`))
		assert.Equal(t, 2, js[int](p, `document.scripts.length`))
		p.assertNoProblems()
	})

	t.Run("Content-Security-Policy", func(t *testing.T) {
		var reached atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
		defer server.Close()
		p := open(chromium, t, page)
		blocked := js[[]string](p, `new Promise(resolve => {
			const blocked = [];
			document.addEventListener("securitypolicyviolation", event => { if (blocked.push(event.effectiveDirective) === 4) resolve(blocked.sort()); });
			const add = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
			add("img", {src: "`+server.URL+`/image"});
			add("script", {textContent: "window.ran = 1"});
			add("link", {rel: "stylesheet", href: "`+server.URL+`/style"});
			fetch("`+server.URL+`/fetch").catch(() => {});
		})`)
		assert.Equal(t, []string{"connect-src", "img-src", "script-src-elem", "style-src-elem"}, blocked)
		assert.True(t, js[bool](p, `window.ran === undefined`))
		assert.Zero(t, reached.Load())
	})

	t.Run("banner of a fake", func(t *testing.T) {
		p := open(chromium, t, pageOf(t))
		assert.Equal(t, "This is invented data from a fake. Nothing on this page happened.", p.text(".banner"))
		assert.Equal(t, "Activity report (invented data from a fake)", js[string](p, "document.title"))
		p.run(keys("#person", "ada.okafor"))
		assert.Contains(t, p.text("#timeline"), " at 4 vendors")
		p.assertNoProblems()
		assert.False(t, js[bool](open(chromium, t, page), `document.querySelector(".banner") !== null`))
	})
}

// lowContrast returns the texts with a contrast to their background below 4.5 to 1, the minimum of
// the Web Content Accessibility Guidelines.
const lowContrast = `(() => {
	const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
	const rgb = color => { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = color => rgb(color).slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = element => {
		for (; element; element = element.parentElement) {
			const color = getComputedStyle(element).backgroundColor;
			if (color !== "rgba(0, 0, 0, 0)") return color;
		}
	};
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const lowContrast = [];
	while (walker.nextNode()) {
		const element = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(":disabled, script, option")) continue;
		const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
		if ((a + 0.05) / (b + 0.05) < 4.5) lowContrast.push(walker.currentNode.data);
	}
	return lowContrast;
})()`

// unlabeled returns the controls without a name for a screen reader.
const unlabeled = `[...document.querySelectorAll("button, input, select")].filter(control =>
	!control.getAttribute("aria-label") && !control.textContent.trim() && !(control.labels && control.labels.length) ||
	control.matches("input, select") && !control.labels.length).map(control => control.outerHTML)`

// hostileFile returns a file with records that contain HTML and control characters.
func hostileFile(t *testing.T) (*sql.DB, string) {
	t.Helper()
	now := time.Now()
	var events []activity.Event
	for i, text := range []string{`<img src=x onerror=window.ran=1>`, `</script><script>window.ran=1</script><!--<script>`, "safe\u202efdp.exe a\x00b",
		`javascript:window.ran=1`, "'\"&lt;&amp; line\u2028separator"} {
		raw, err := json.Marshal(map[string]string{"text": text})
		require.NoError(t, err)
		if i == 1 {
			raw = []byte(`{"text":"</script><script>window.ran=1</script><!--<script>"}`) // as some services would send it
		}
		events = append(events, activity.Event{Vendor: "snaplogic", Tenant: text, Feed: "activities", Key: text, Time: now.Add(-time.Duration(i) * time.Minute),
			Kind: activity.Kind(text), Action: text, Outcome: activity.Outcome(text), Actor: activity.Actor{Name: text, Address: text},
			Target: activity.Target{Type: text, Name: text}, Message: text, Raw: raw})
	}
	path, db := recordedtest.Write(t, recordedtest.Version, events...)
	return db, path
}
