package wire_test

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// record has a field of every type that the vendors' records use.
type record struct {
	ID       string             `json:"id,omitzero"`
	Kind     kind               `json:"kind,omitzero"`
	Bytes    int64              `json:"bytes,omitzero"`
	Rate     float64            `json:"rate,omitzero"`
	Open     bool               `json:"open,omitzero"`
	Actor    *int64             `json:"actor,omitzero"`
	Start    time.Time          `json:"start_time,omitzero"`
	Stop     *time.Time         `json:"stop_time,omitzero"`
	Data     data               `json:"data,omitzero"`
	More     *data              `json:"more,omitzero"`
	Labels   map[string]string  `json:"labels,omitzero"`
	Marks    []int64            `json:"marks,omitzero"`
	Any      any                `json:"any,omitzero"`
	Perm     stdjson.RawMessage `json:"perm,omitzero"`
	Small    int8               `json:"small,omitzero"`
	Own      own                `json:"own,omitzero"`
	Untagged string
	embedded
	*Pointed

	Raw      stdjson.RawMessage      `json:"-"`
	Problems []activity.FieldProblem `json:"-"`
}

type kind string

// own cannot be decoded.
type own string

func (*own) UnmarshalJSON([]byte) error { return errors.New("secret") }

type data struct {
	Project int64     `json:"project,omitzero"`
	User    string    `json:"user,omitzero"`
	At      time.Time `json:"at,omitzero"`
}

type embedded struct {
	Node int64 `json:"node,omitzero"`
}

type Pointed struct {
	Group int64 `json:"group,omitzero"`
	Team  int64 `json:"team,omitzero"`
}

type plainRecord record

var (
	strict = wire.NewCodec[record, plainRecord]()
	loose  = wire.NewCodec[record, plainRecord](wire.LooseStrings())
)

func (r record) MarshalJSON() ([]byte, error)     { return strict.Marshal(&r) }
func (r *record) UnmarshalJSON(data []byte) error { return strict.Unmarshal(data, r) }

func problem(field, text string) activity.FieldProblem {
	return activity.FieldProblem{Field: field, Problem: text}
}

func TestRecordsOfAnyElement(t *testing.T) {
	body := []byte(`{"entries":[ {"id":"a"}, null , "secret",{"id":7,"bytes":3},[{}] ]}`)
	r := wire.NewReader(body)
	var got []record
	require.NoError(t, r.Object(func(string) (err error) {
		got, err = wire.Records(r, strict)
		return err
	}))
	require.NoError(t, r.End())
	require.Len(t, got, 5)

	var raws []string
	for _, rec := range got {
		raws = append(raws, string(rec.Raw))
		assert.Equal(t, len(rec.Raw), cap(rec.Raw))
	}
	assert.Equal(t, []string{`{"id":"a"}`, `null`, `"secret"`, `{"id":7,"bytes":3}`, `[{}]`}, raws)
	assert.Empty(t, got[0].Problems)
	assert.Equal(t, []activity.FieldProblem{problem("", "record is null, want an object")}, got[1].Problems)
	assert.Equal(t, []activity.FieldProblem{problem("", "record is a string, want an object")}, got[2].Problems)
	assert.Equal(t, []activity.FieldProblem{problem("id", "is a number, want a string")}, got[3].Problems)
	assert.Equal(t, int64(3), got[3].Bytes)
	assert.Equal(t, []activity.FieldProblem{problem("", "record is an array, want an object")}, got[4].Problems)
	assert.Same(t, &body[13], &got[0].Raw[0], "Raw shares the body's memory")
}

func TestRecordsOfOtherValues(t *testing.T) {
	for body, want := range map[string]string{
		`null`:        "",
		` [ ] `:       "",
		`{"id":"a"}`:  "body is an object, want an array",
		`"secret"`:    "body is a string, want an array",
		`[{"id":"a"}`: "JSON ends early after 11 bytes, in record 1 (the first is 0)",
		`[{"id":}]`:   "JSON cannot be read at byte 7, in record 0 (the first is 0)",
		``:            "JSON ends early after 0 bytes",
	} {
		got, err := wire.Records(wire.NewReader([]byte(body)), strict)
		assert.Nil(t, got, body)
		if want == "" {
			assert.NoError(t, err, body)
		} else {
			assert.EqualError(t, err, want, body)
		}
	}
}

func FuzzRecords(f *testing.F) {
	for _, seed := range []string{
		`[{"id":"5b3c6fc056f9a0001fd3ae07","kind":"asset_create","bytes":1,"start_time":"2018-07-04T06:57:04.823000+00:00"},]`,
		`[{"id":2,"start_time":"2016-03-30T15:16:05.659610+00:00","actor":1,"data":{"user":"U7","project":5}},{"data":{"project":"x"}}]`,
		`[{"start_time":"May 18, 2018 10:40:00 AM","kind":"blocked"}, null, 1, "x", [], {}]`,
		`[{"id":"a","id":5,"bytes":1e3,"rate":1e999,"marks":[1,"2"],"labels":{"a":1},"any":{"b":[1]},"perm":{"p":null}}]`,
		"[{\"id\":\"\xff\",\"more\":{\"at\":0},\"stop_time\":\"\",\"small\":300,\"node\":\"x\",\"group\":true}]",
		`null`, `[`, `[[[[]]]]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		checkSyntax(t, body)
		for _, codec := range []*wire.Codec[record]{strict, loose} {
			checkLibrary(t, codec, body)
			r := wire.NewReader(body)
			records, err := wire.Records(r, codec)
			if err != nil {
				require.Nil(t, records)
				require.NotContains(t, err.Error(), "json")
				continue
			}
			end := 0
			for _, rec := range records {
				at := offsetIn(body, rec.Raw)
				require.GreaterOrEqual(t, at, end, "in order, without overlap")
				require.Empty(t, strings.Trim(string(body[end:at]), "[, \t\r\n"), "nothing else is between two records")
				require.Equal(t, len(rec.Raw), cap(rec.Raw))
				end = at + len(rec.Raw)

				again := codec.Decode(bytes.Clone(rec.Raw))
				require.Equal(t, rec, again, "decoding a record's Raw returns the same record")
				checkStable(t, codec, rec)
			}
		}
	})
}

// notComparable matches control characters other than white space, and escapes of damaged
// characters: encoding/json reads them differently.
var notComparable = regexp.MustCompile(`[\x00-\x08\x0b\x0c\x0e-\x1f]|\\[^ -~]`)

// checkSyntax checks that the reader accepts the same bodies as encoding/json, except that it
// allows line breaks and tabs in strings. A valid body must be an error if it is truncated.
func checkSyntax(t *testing.T, body []byte) {
	if notComparable.Match(body) {
		return
	}
	valid := stdjson.Valid(regexp.MustCompile(`[\t\r\n]`).ReplaceAll(body, []byte(" ")))
	for _, read := range []func(*wire.Reader) error{walk, (*wire.Reader).Skip} {
		r := wire.NewReader(body)
		err := read(r)
		if err == nil {
			err = r.End()
		}
		if !valid {
			require.ErrorAs(t, err, new(*wire.SyntaxError))
			continue
		}
		require.NoError(t, err)
		if body = bytes.TrimSpace(body); body[0] == '[' || body[0] == '{' {
			require.ErrorIs(t, read(wire.NewReader(body[:len(body)/2])), io.ErrUnexpectedEOF)
			require.ErrorIs(t, read(wire.NewReader(body[:len(body)-1])), io.ErrUnexpectedEOF)
		}
	}
}

// checkStable checks that a record stays the same when it is marshalled and read, with and without
// Raw.
func checkStable(t *testing.T, codec *wire.Codec[record], rec record) {
	first, err := codec.Marshal(&rec)
	require.NoError(t, err)
	var read record
	require.NoError(t, codec.Unmarshal(first, &read))
	require.Equal(t, string(first), string(read.Raw))
	second, err := codec.Marshal(&read)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
	require.Equal(t, unrepairedProblems(rec.Problems), read.Problems)

	rec.Raw, read.Raw, rec.Problems, read.Problems = nil, nil, nil, nil
	require.Equal(t, rec, read, "compacting changes no field")
	first, err = codec.Marshal(&rec)
	require.NoError(t, err)
	require.NoError(t, codec.Unmarshal(first, &read))
	require.Empty(t, read.Problems, "what was encoded fits")
	read.Raw = nil
	second, err = codec.Marshal(&read)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
}

// offsetIn returns the offset of part in whole, whose memory it must share.
func offsetIn(whole, part []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(part))) - uintptr(unsafe.Pointer(unsafe.SliceData(whole))))
}

func TestProblemCount(t *testing.T) {
	r := wire.NewReader([]byte(`[{"id":"a"}, 5, {"id":7}]`))
	_, err := wire.Records(r, strict)
	require.NoError(t, err)
	assert.Equal(t, wire.ProblemCount{Records: 2, First: problem("", "record is a number, want an object")}, r.Problems())

	r = r.Restart()
	_, err = wire.Record(r, strict)
	require.NoError(t, err)
	assert.Equal(t, wire.ProblemCount{Records: 1, First: problem("", "record is an array, want an object")}, r.Problems(), "only what is read now")

	r = wire.NewReader([]byte(`{"id":7}`))
	_, err = wire.Record(r.Within(r.Body()), strict)
	require.NoError(t, err)
	assert.Equal(t, 1, r.Problems().Records, "a reader counts what those within it read")
}
