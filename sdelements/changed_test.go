package sdelements_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
)

// Data is changed by its fields, and keeps what has none. Problems, which an activity takes over
// from its data, are no change.
func TestChangedData(t *testing.T) {
	const sent = `{"id":1,"data":{"user": 7,"user_desc":"secret","x":1.0,"project":"odd"},"text":"a"}`
	for want, change := range map[string]func(a *sdelements.Activity){
		`{"id":1,"data":{"user":7,"user_desc":"secret","x":1.0,"project":"odd"},"text":"a"}`: func(*sdelements.Activity) {},
		`{"id":1,"data":{"user":7,"user_desc":"secret","x":1.0,"project":"odd"}}`:            func(a *sdelements.Activity) { a.Text = "" },
		`{"id":1,"data":{"user":7,"user_desc":"b","x":1.0,"project":"odd"},"text":"a"}`:      func(a *sdelements.Activity) { a.Data.UserDesc = "b" },
		`{"id":1,"data":{"x":1.0,"project":5},"text":"a"}`: func(a *sdelements.Activity) {
			a.Data.User, a.Data.UserDesc, a.Data.Project = "", "", 5
		},
		`{"id":1,"data":{"user":"7"},"text":"a"}`: func(a *sdelements.Activity) { a.Data.Raw, a.Data.UserDesc = nil, "" },
		`{"id":1,"text":"a"}`:                     func(a *sdelements.Activity) { a.Data = sdelements.Data{} },
	} {
		for _, a := range []sdelements.Activity{read(t, sent)[0], unmarshaled(t, sent)} {
			require.Len(t, a.Problems, 1)
			change(&a)
			text, err := json.Marshal(a)
			require.NoError(t, err)
			assert.Equal(t, want, string(text))
		}
	}

	own := sdelements.Data{User: "U7", Raw: json.RawMessage(`{"user":"U8","x":1,"task":"1-T2"}`)}
	text, err := json.Marshal(own)
	require.NoError(t, err)
	assert.Equal(t, `{"user":"U7","x":1}`, string(text))
}

func unmarshaled(t *testing.T, text string) (a sdelements.Activity) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &a))
	return a
}
