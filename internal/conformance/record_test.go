package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestProblemRecords checks that a record with unexpected members is delivered with its bytes, its
// readable fields and its problems, and affects neither its neighbours nor its page.
func TestProblemRecords(t *testing.T) {
	const id, at, other = 1, 2, 4
	for name, c := range map[string]struct {
		raw      string // %[1]s and %[2]s are the members for id and time, %[3]s and %[4]s their values
		read     int    // the set of fields that are read
		problems int    // the set of fields that have problems, or -1 for the whole record
	}{
		"nothing":            {`{}`, 0, 0},
		"nulls":              {`{"%[1]s":null,"%[2]s":null}`, 0, 0},
		"unknown members":    {`{"zz":{"a":[1,{}]},"":null,"%[1]s":%[3]s,"big":123456789012345678901234567890}`, id, 0},
		"a wrong kind":       {`{"%[1]s":{"x":1},"%[2]s":%[4]s}`, at, id},
		"two wrong kinds":    {`{"%[1]s":["x"],"%[2]s":{"$date":1}}`, 0, id | at},
		"no time":            {`{"%[1]s":%[3]s,"%[2]s":"the other day"}`, id, at},
		"no such day":        {`{"%[1]s":%[3]s,"%[2]s":"2018-02-30T00:00:00Z"}`, id, at},
		"time as a boolean":  {`{"%[1]s":%[3]s,"%[2]s":true}`, id, at},
		"an empty time":      {`{"%[1]s":%[3]s,"%[2]s":""}`, id, 0},
		"a duplicate":        {`{"%[1]s":null,"%[1]s":%[3]s}`, id, 0},
		"spaces and escapes": {"{ \"%[1]s\" :\t%[3]s ,\n\"\\u0061\":1.50e+1}", id, 0},
		"invalid UTF-8":      {"{\"zz\":\"a\xffb\",\"%[1]s\":%[3]s}", id, other},
		"null":               {`null`, 0, -1},
		"a text":             {`"canary"`, 0, -1},
		"a number":           {`17`, 0, -1},
		"an array":           {`[{"%[1]s":%[3]s}]`, 0, -1},
	} {
		t.Run(name, func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				before, good, after := toJSON(a.record(8, newest())), toJSON(a.record(7, newest())), toJSON(a.record(6, newest()))
				var members map[string]json.RawMessage
				require.NoError(t, json.Unmarshal([]byte(good), &members))
				raw := strings.NewReplacer("%[1]s", a.id, "%[2]s", a.time, "%[3]s", string(members[a.id]), "%[4]s", string(members[a.time])).Replace(c.raw)
				body := a.answer(false, before, raw, after)
				s := a.fill(0)
				s.respond(200, body)
				var log bytes.Buffer
				l := s.client(t, warningsTo(&log)).list(query{pageSize: 50})
				p, err := l.Page(t.Context(), "")
				require.NoError(t, err)
				require.Len(t, p.Items, 3)
				assert.Equal(t, body, string(p.Raw))
				for i, neighbour := range map[int]string{0: before, 2: after} {
					assert.Equal(t, 8-i, p.Items[i].id)
					assert.Equal(t, neighbour, string(p.Items[i].raw))
					assert.Empty(t, p.Items[i].problems)
				}
				problem := p.Items[1]
				assert.Equal(t, raw, string(problem.raw), "byte for byte")
				assert.Equal(t, len(problem.raw), cap(problem.raw), "appending must not overwrite the next record")
				assert.Equal(t, c.read&id != 0, problem.id == 7)
				assert.Equal(t, c.read&at != 0, problem.time.Equal(newest()))
				assert.Equal(t, a.fieldNames(c.problems), fieldsOf(problem.problems))
				for _, p := range problem.problems {
					assert.NotEmpty(t, p.Problem)
				}

				warnings := strings.Count(log.String(), "\n")
				assert.Equal(t, min(len(problem.problems), 1), warnings, "one warning per page: %s", log.String())
				for _, value := range []string{"canary", "the other day", "2018"} {
					assert.NotContains(t, log.String()+fmt.Sprint(problem.problems), value)
				}
				text, err := json.Marshal(problem.value)
				require.NoError(t, err)
				var compact bytes.Buffer
				require.NoError(t, json.Compact(&compact, []byte(raw)))
				assert.Equal(t, strings.ReplaceAll(compact.String(), "\xff", "ÿ"), string(text))
			})
		})
	}
}

// fieldNames returns the names of the members in a set of bits.
func (a *adapter) fieldNames(set int) []string {
	switch set {
	case 0:
		return nil
	case 1:
		return []string{a.id}
	case 2:
		return []string{a.time}
	case 3:
		return []string{a.id, a.time}
	case 4:
		return []string{"zz"}
	default:
		return []string{""}
	}
}

func fieldsOf(problems []activity.FieldProblem) []string {
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	return fields
}

// warningsTo logs warnings without the time.
func warningsTo(log *bytes.Buffer) activity.Option {
	return activity.WithLogger(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{
		Level: slog.LevelWarn,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
}

// insertMember returns a fault that inserts a member zz into the record with an id.
func (a *adapter) insertMember(t *testing.T, id int, member string) fake.Fault {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(toJSON(a.record(id, newest()))), &members))
	known := `"` + a.id + `":` + string(members[a.id])
	return fake.Fault{Damage: func(body []byte) []byte {
		return bytes.Replace(body, []byte(known), []byte(`"zz":"`+member+`",`+known), 1)
	}}
}

// TestDamagedText checks that a record with bytes that JSON does not allow is delivered with its
// bytes, and that Problems names the member.
func TestDamagedText(t *testing.T) {
	for name, damaged := range map[string]string{
		"a tab":            "a\tb",
		"a line break":     "a\r\nb",
		"a null":           "a\x00b",
		"Latin-1":          "caf\xe9",
		"half a character": "\xe2\x82",
		"all at once":      "\x00\xe9\t\xff\n",
	} {
		t.Run(name, func(t *testing.T) {
			everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(13)
				fault := a.insertMember(t, 7, damaged)
				s.failAll(fault)
				records, err := r.all(t, s, 5)
				require.NoError(t, err)
				require.Equal(t, descending(13, 1), idsOf(records))
				for _, got := range records {
					if got.id != 7 {
						assert.Empty(t, got.problems)
						continue
					}
					assert.Contains(t, string(got.raw), `"zz":"`+damaged+`"`, "byte for byte")
					assert.Equal(t, []string{"zz"}, slices.Compact(fieldsOf(got.problems)))
					text, err := json.Marshal(got.value)
					require.NoError(t, err)
					assert.True(t, json.Valid(text))
				}
			})
		})
	}
}

// TestDetach checks that a detached record is equal to the record and does not share memory with
// its page.
func TestDetach(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(2)
		p, err := s.client(t).list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		attached := p.Items[0]
		raw := string(attached.raw)
		detached := attached.detach()
		assert.Equal(t, attached.value, detached.value)
		clear(p.Raw)
		assert.Equal(t, raw, string(detached.raw))
		assert.NotEqual(t, attached.value, detached.value, "the record still shares memory with its page")
		assert.Equal(t, attached.id, detached.id)
	})
}
