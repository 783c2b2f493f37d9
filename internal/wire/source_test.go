package wire_test

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

const (
	holdsControls = "holds control characters"
	holdsNotUTF8  = "holds bytes that are not UTF-8, read as Windows-1252"
	holdsHalf     = "holds half of a surrogate pair, read as U+FFFD"
)

func TestDamagedStrings(t *testing.T) {
	for _, c := range []struct {
		raw      string
		id       string
		problems []activity.FieldProblem
	}{
		{"{\"id\":\"a\tb\"}", "a\tb", []activity.FieldProblem{problem("id", holdsControls)}},
		{"{\"id\":\"\n\"}", "\n", []activity.FieldProblem{problem("id", holdsControls)}},
		{"{\"id\":\"\x00\x1f\"}", "\x00\x1f", []activity.FieldProblem{problem("id", holdsControls)}},
		{"{\"id\":\"Zo\xeb\"}", "Zoë", []activity.FieldProblem{problem("id", holdsNotUTF8)}},
		{"{\"id\":\"\x80 \x93quoted\x94 \x81\xff\"}", "€ “quoted” \u0081ÿ", []activity.FieldProblem{problem("id", holdsNotUTF8)}},
		{"{\"id\":\"é\xe9\"}", "éé", []activity.FieldProblem{problem("id", holdsNotUTF8)}},
		{"{\"id\":\"\xe2\x82\"}", "â‚", []activity.FieldProblem{problem("id", holdsNotUTF8)}},
		{"{\"id\":\"Zo\xeb\t\"}", "Zoë\t", []activity.FieldProblem{problem("id", holdsControls), problem("id", holdsNotUTF8)}},
		{"{\"id\":\"\\\"\t\\\\\"}", "\"\t\\", []activity.FieldProblem{problem("id", holdsControls)}},
		{"{\"id\":\"C:\\\tmp\"}", "C:\\\tmp", []activity.FieldProblem{problem("id", holdsControls)}},
		{"{\"id\":\"C:\\\xe9\"}", "C:\\é", []activity.FieldProblem{problem("id", holdsNotUTF8)}},
		{`{"id":"a\ud800b"}`, "a\ufffdb", []activity.FieldProblem{problem("id", holdsHalf)}},
		{`{"id":"\uDE00\ud83d"}`, "\ufffd\ufffd", []activity.FieldProblem{problem("id", holdsHalf)}},
		{`{"id":"\ud83d\ud83d\ude00"}`, "\ufffd😀", []activity.FieldProblem{problem("id", holdsHalf)}},
		{`{"id":"\ud83d\ude00 \uD83D\uDE00 \\ud800"}`, `😀 😀 \ud800`, nil},
		{"{\"id\":\"é \u007f \ufffd 😀 \\u0001\"}", "é \u007f \ufffd 😀 \u0001", nil},
		{"{\n\t\"id\": \"a\"\r\n}", "a", nil},
		{"{\"id\":\"a\tb\",\"id\":\"c\"}", "c", []activity.FieldProblem{problem("id", holdsControls)}},
		{"{\"data\":{\"user\":\"\t\"},\"id\":\"a\",\"labels\":{\"x\ty\":\"\xeb\"}}", "a", []activity.FieldProblem{
			problem("data", holdsControls), problem("labels", holdsControls), problem("labels", holdsNotUTF8)}},
		{"{\"bytes\":\"\t\",\"id\":\"a\",\"start_time\":\"\xff\"}", "a", []activity.FieldProblem{
			problem("bytes", "is a string, want an integer"), problem("start_time", "is not a time that can be read"),
			problem("bytes", holdsControls), problem("start_time", holdsNotUTF8)}},
		{"{\"unknown\":[{\"a\":\"\t\"}],\"id\":\"a\"}", "a", []activity.FieldProblem{problem("unknown", holdsControls)}},
		{"{\"secret\t\":1,\"id\":\"a\",\"\x93\":2,\"other\x94\":3}", "a", []activity.FieldProblem{
			problem("", "record "+holdsControls), problem("", "record "+holdsNotUTF8)}},
	} {
		got := strict.Decode([]byte(c.raw))
		assert.Equal(t, c.id, got.ID, "%q", c.raw)
		assert.Equal(t, c.problems, got.Problems, "%q", c.raw)
		assert.Equal(t, c.raw, string(got.Raw))

		whole := "[{\"id\":\"before\"}, " + c.raw + " ,{\"id\":\"after\"}]"
		all, err := wire.Records(wire.NewReader([]byte(whole)), strict)
		require.NoError(t, err, "%q", whole)
		require.Len(t, all, 3)
		assert.Equal(t, got, all[1], "%q", whole)
		assert.Equal(t, strict.Decode([]byte(`{"id":"before"}`)), all[0], "%q", whole)
		assert.Equal(t, strict.Decode([]byte(`{"id":"after"}`)), all[2], "%q", whole)

		encoded, err := stdjson.Marshal(got)
		require.NoError(t, err, "%q", c.raw)
		assert.True(t, utf8.Valid(encoded), "%q", c.raw)
		var again record
		require.NoError(t, stdjson.Unmarshal(encoded, &again))
		assert.Equal(t, c.id, again.ID, "%q", encoded)
		assert.Equal(t, got.Data, again.Data, "%q", encoded)
		assert.Equal(t, got.Labels, again.Labels, "%q", encoded)

		var direct record
		require.NoError(t, strict.Unmarshal([]byte(c.raw), &direct))
		assert.Equal(t, got, direct)
	}
}

// A damaged string changes nothing else on its page: neither other records nor other members.
func TestRecordsWithDamagedStrings(t *testing.T) {
	body := []byte("{\"total\":3,\"label\":\"Zo\xeb\t\",\"entries\":[{\"id\":\"a\"},\n\t{\"kind\":\"Zo\xeb\",\"id\":\"b\x01\"},{\"id\":\"c\",\"kind\":\"é\"}],\"next\":\"/x?a=\\\"1\\\"\",\"count\":9}")
	read := make(map[string]string)
	var records []record
	r := wire.NewReader(body)
	require.NoError(t, r.Object(func(name string) (err error) {
		if name == "entries" {
			records, err = wire.Records(r, strict)
			return err
		}
		read[name], _, err = r.Text()
		return err
	}))
	require.NoError(t, r.End())
	assert.Equal(t, map[string]string{"total": "3", "label": "Zoë\t", "next": `/x?a="1"`, "count": "9"}, read)
	assert.Equal(t, []record{
		{ID: "a", Raw: stdjson.RawMessage(`{"id":"a"}`)},
		{ID: "b\x01", Kind: "Zoë", Raw: stdjson.RawMessage("{\"kind\":\"Zo\xeb\",\"id\":\"b\x01\"}"),
			Problems: []activity.FieldProblem{problem("kind", holdsNotUTF8), problem("id", holdsControls)}},
		{ID: "c", Kind: "é", Raw: stdjson.RawMessage(`{"id":"c","kind":"é"}`)},
	}, records)
	for _, rec := range records {
		at := offsetIn(body, rec.Raw)
		assert.True(t, at > 0 && at < len(body), "Raw shares the memory of the body")
		assert.Equal(t, len(rec.Raw), cap(rec.Raw))
	}
}

func TestReaderDamagedStrings(t *testing.T) {
	body := []byte("{\"a\tb\":\"\xeb\",\"c\":[ \"x\ny\" ,1],\"d\":{\"e\":\"\\ud800\"}}")
	r := wire.NewReader(body)
	var got []string
	require.NoError(t, r.Object(func(name string) error {
		value, err := r.Value()
		got = append(got, name, string(value))
		return err
	}))
	require.NoError(t, r.End())
	assert.Equal(t, []string{"a\tb", "\"\xeb\"", "c", "[ \"x\ny\" ,1]", "d", `{"e":"\ud800"}`}, got)

	assert.Equal(t, "Zoë", wire.Message([]byte("{\"message\":\"Zo\xeb\"}")).Message)
	assert.Equal(t, "no such\n\tuser", wire.Message([]byte("{\"message\":\"no such\n\tuser\"}")).Message)
}

func TestReaderSyntaxErrorsInDamagedBodies(t *testing.T) {
	for body, want := range map[string]string{
		"[{\"id\":\"\t\t\"},{\"id\":\"\xeb\"},{\"id\":}]": "JSON cannot be read at byte 30, in record 2 (the first is 0)",
		"[{\"id\":\"\t\"},{\"id\":\"\x01":                 "JSON ends early after 20 bytes, in record 1 (the first is 0)",
		"[{\"id\":\"\t\"},{\"id\":\"a\"} {}]":             "JSON cannot be read at byte 23, in record 2 (the first is 0)",
		"[{\"id\":\"\t\"},\x01{\"id\":\"a\"}]":            "JSON cannot be read at byte 12, in record 1 (the first is 0)",
		"[{\"id\":\"a\"},\xeb{\"id\":\"a\"}]":             "JSON cannot be read at byte 12, in record 1 (the first is 0)",
		"[{\"id\":\"\\x\t\"},{\"id\":\"a\"}]":             "JSON cannot be read at byte 8, in record 0 (the first is 0)",
		"[{\"id\":\"\t\"}] \xff":                          "JSON cannot be read at byte 13",
		"[\"" + strings.Repeat("\x00", 4<<20) + "\"]":     "JSON cannot be read at byte 2271919, in record 0 (the first is 0)",
	} {
		r := wire.NewReader([]byte(body))
		got, err := wire.Records(r, strict)
		if err == nil {
			err = r.End()
		} else {
			assert.Nil(t, got)
		}
		assert.EqualError(t, err, want, "%.40q", body)
		assert.Equal(t, err, r.End(), "the error stays")
	}
	// A long string is read if the share of damaged bytes is usual.
	text, _, err := wire.NewReader([]byte(`"` + strings.Repeat("one line\n", 1<<20) + `"`)).Text()
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("one line\n", 1<<20), text)
	text, _, err = wire.NewReader([]byte(`"` + strings.Repeat("\x80", 1<<20) + `"`)).Text()
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("€", 1<<20), text)
}

func FuzzDamagedStrings(f *testing.F) {
	for _, seed := range []string{"a\tb", "Zo\xeb", "\xe2\x82", "\x80\x9f\xa0\xff", "\x00\n\r\x1f\x7f", "é\xe9€", "plain", "\xed\xa0\x80", "\ufffd"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		clean := strings.NewReplacer(`"`, "", `\`, "")
		text, name = clean.Replace(text), clean.Replace(name)
		if len(text)+len(name) > 1000 {
			return
		}
		first, last := fmt.Sprintf(`{"kind":"k","%s2":1}`, strings.ToValidUTF8(strings.Map(printable, name), "")), `{"id":"é\n"}`
		raw := fmt.Sprintf(`{"id":"%s","more":{"user":"%s"},"x%s":["%s"],"kind":"k"}`, text, text, name, text)
		body := []byte(fmt.Sprintf(`{"x%s":"%s","entries":[%s,%s,%s],"total":7}`, name, text, first, raw, last))

		var records []record
		var total int64
		r := wire.NewReader(body)
		require.NoError(t, r.Object(func(member string) (err error) {
			switch member {
			case "entries":
				records, err = wire.Records(r, strict)
			case "total":
				total, _, err = r.Int()
			case "x" + decoded(name):
				var got string
				got, _, err = r.Text()
				require.Equal(t, decoded(text), got)
			default:
				t.Fatalf("member %q", member)
			}
			return err
		}))
		require.NoError(t, r.End())
		require.Equal(t, int64(7), total)
		require.Len(t, records, 3)
		for i, want := range []string{first, raw, last} {
			require.Equal(t, want, string(records[i].Raw))
			require.Equal(t, strict.Decode([]byte(want)), records[i])
			checkStable(t, strict, records[i])
		}
		require.Empty(t, records[0].Problems)
		require.Empty(t, records[2].Problems)
		require.Equal(t, decoded(text), records[1].ID)
		require.Equal(t, decoded(text), records[1].More.User)
		require.Equal(t, kind("k"), records[1].Kind)
		require.Equal(t, strings.ContainsFunc(text+name, isControl), hasProblem(records[1], holdsControls))
		require.Equal(t, !utf8.ValidString(text) || !utf8.ValidString(name), hasProblem(records[1], holdsNotUTF8))
	})
}

func isControl(c rune) bool { return c < ' ' }

func printable(c rune) rune {
	if isControl(c) {
		return ' '
	}
	return c
}

// decoded returns text with its bytes that are not UTF-8 read as Windows-1252.
func decoded(text string) string {
	var b strings.Builder
	for i, c := range text {
		if c != utf8.RuneError || strings.HasPrefix(text[i:], "\ufffd") {
			b.WriteRune(c)
		} else if at := strings.IndexByte("\x80\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8e\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9e\x9f", text[i]); at >= 0 {
			b.WriteRune([]rune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ")[at])
		} else {
			b.WriteRune(rune(text[i]))
		}
	}
	return b.String()
}

func hasProblem(rec record, text string) bool {
	for _, p := range rec.Problems {
		if strings.HasSuffix(p.Problem, text) {
			return true
		}
	}
	return false
}

// unrepairedProblems returns problems without those that marshalling repairs.
func unrepairedProblems(problems []activity.FieldProblem) (rest []activity.FieldProblem) {
	for _, p := range problems {
		if !strings.HasSuffix(p.Problem, holdsControls) && !strings.HasSuffix(p.Problem, holdsNotUTF8) {
			rest = append(rest, p)
		}
	}
	return rest
}
