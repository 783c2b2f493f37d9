package snaplogic_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
)

func TestSentenceOfVendorSample(t *testing.T) {
	const want = "autoregplatform+admin1@example.com created the Project 1PipelineExecutionStatsProject3 under Project Space" +
		" /automation/projects in organization automation"
	a := sampleActivity()
	assert.Equal(t, want, a.Sentence())
	a.Raw = nil
	assert.Equal(t, want, a.Sentence(), "from the fields")
}

func TestSentence(t *testing.T) {
	const values = `"a":"A","n":12,"big":9007199254740993,"f":1.50,"yes":true,"no":false,"nil":null,"o":{"a":1},"l":["x"],"e":"",` +
		`"p":"%(a)s","t":"x\ty\u001b[31m\n","twice":"first","twice":"last","gone":"x","gone":null,"sp ace":"S","Zoë":"Z"`
	for template, want := range map[string]string{
		"":                                     "",
		"no placeholder":                       "no placeholder",
		"%(a)s":                                "A",
		"<%(a)s%(a)s>":                         "<AA>",
		"%(n)s %(n)d %(n)i %(a)r":              "12 12 12 A",
		"%(big)d":                              "9007199254740993",
		"%(f)s":                                "1.50",
		"%(yes)s %(no)s":                       "true false",
		"%(nil)s %(o)s %(l)s":                  "%(nil)s %(o)s %(l)s",
		"[%(e)s]":                              "[]",
		"%(missing)s":                          "%(missing)s",
		"%(a)x %(a) s %(a)":                    "%(a)x %(a) s %(a)",
		"%(a)":                                 "%(a)",
		"%(a":                                  "%(a",
		"%":                                    "%",
		"100%":                                 "100%",
		"100% of %(a)s":                        "100% of A",
		"100%% of %(a)s":                       "100% of A",
		"%%(a)s":                               "%(a)s",
		"%%%(a)s":                              "%A",
		"%%%":                                  "%%",
		"%s %d":                                "%s %d",
		"%()s":                                 "%()s",
		"%(p)s":                                "%(a)s",
		"%(t)s":                                "x y [31m ",
		"%(twice)s":                            "last",
		"%(gone)s":                             "%(gone)s",
		"%(sp ace)s":                           "S",
		"%(Zoë)s é":                            "Z é",
		"%((a)s":                               "%((a)s",
		"%(%(a)s)s":                            "%(A)s",
		"%(A)s":                                "%(A)s",
		"line\nbreak\r\x00\u2028%":             "line break   %",
		"%(" + strings.Repeat("a", 200) + ")s": "%(" + strings.Repeat("a", 200) + ")s",
	} {
		quoted, err := json.Marshal(template)
		require.NoError(t, err)
		assert.Equal(t, want, record(t, `{`+values+`,"template":`+string(quoted)+`}`).Sentence(), "%q", template)
	}
}

func TestSentenceFromFields(t *testing.T) {
	a := snaplogic.Activity{
		Template: "%(by_whom)s %(create_time)s %(class_version)s %(snaplogic_admin_update)s %(user_id)s %(perm)s",
		ByWhom:   "ada@example.com", CreateTime: time.Date(2018, 7, 4, 6, 57, 4, 0, time.UTC), ClassVersion: 3,
		SnapLogicAdminUpdate: new(false), Perm: &snaplogic.Perm{Subject: "s"},
	}
	assert.Equal(t, "ada@example.com 2018-07-04T06:57:04Z 3 false %(user_id)s %(perm)s", a.Sentence())

	a.CreateTime = time.Date(math.MaxInt16, 1, 1, 0, 0, 0, 0, time.UTC)
	a.Template = "%(by_whom)s did it"
	assert.Equal(t, "%(by_whom)s did it", a.Sentence(), "fields that JSON cannot express")

	a.Raw = json.RawMessage(`{"by_whom":"grace@example.com","cut`)
	assert.Equal(t, "grace@example.com did it", a.Sentence(), "up to the cut of Raw")
	a.Raw = json.RawMessage(`[1]`)
	assert.Equal(t, "%(by_whom)s did it", a.Sentence())
}

func TestSentenceLimit(t *testing.T) {
	const most = 4 << 10
	for name, a := range map[string]snaplogic.Activity{
		"template":     {Template: strings.Repeat("é", most)},
		"a value":      {Template: "%(by_whom)s", ByWhom: strings.Repeat("€", 1<<20)},
		"many values":  {Template: strings.Repeat("%(by_whom)s", 10_000), ByWhom: strings.Repeat("x", 1000)},
		"many percent": {Template: strings.Repeat("%", 1<<20)},
		"no UTF-8":     {Template: strings.Repeat("\xff.", most/2)},
	} {
		got := a.Sentence()
		assert.LessOrEqual(t, len(got), most, name)
		assert.Greater(t, len(got), most-8, name)
		assert.True(t, utf8.ValidString(got), name)
	}
	exact := strings.Repeat("x", most)
	assert.Equal(t, exact, snaplogic.Activity{Template: exact}.Sentence())
	assert.Equal(t, exact[:most-3]+"…", snaplogic.Activity{Template: exact + "x"}.Sentence())
	assert.Equal(t, "a\uFFFDb", snaplogic.Activity{Template: "a\xff\xfeb"}.Sentence())
}

func FuzzSentence(f *testing.F) {
	f.Add(sampleActivity().Template, []byte(sampleEntry))
	f.Add("%(a)s%%%(b)d%(", []byte(`{"a":"%(b)s","b":1e400,"a":null}`))
	f.Add("%(a)s\x00\xff", []byte(`{"a":"\ud800\u202e"`))
	f.Add("%(by_whom)r", []byte(nil))
	f.Add(strings.Repeat("%(a)s", 50), []byte(`{"a":"`+strings.Repeat("ü", 100)+`"}`))
	f.Fuzz(func(t *testing.T, template string, raw []byte) {
		a := snaplogic.Activity{Template: template, Raw: raw, ByWhom: template}
		got := a.Sentence()
		require.LessOrEqual(t, len(got), 4<<10)
		require.True(t, utf8.ValidString(got))
		require.False(t, strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", got)
		if !strings.Contains(template, "%(") {
			require.Equal(t, template == "", got == "")
		}
		require.Equal(t, raw, []byte(a.Raw))
		if !strings.Contains(template, "%") && len(template) <= 4<<10 && utf8.ValidString(template) {
			require.Equal(t, utf8.RuneCountInString(template), utf8.RuneCountInString(got), "every character keeps its place")
		}
	})
}
