package jetstream

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func TestCheckSubject(t *testing.T) {
	for _, good := range []string{"activity", "audit.prod", "a.b.c", "Ä-1_x", "a$"} {
		assert.NoError(t, checkSubject(good), good)
	}
	for bad, says := range map[string]string{
		"": "empty", ".": "empty", "a.": "empty", ".a": "empty", "a..b": "empty", "*": "wildcard", "a.*": "wildcard", "a.>": "wildcard", "a>b": "wildcard",
		"a b": "space", "a\tb": "space", "a\u00a0b": "space", "a\r\nb": "space", "a\x00": "control", "$JS": "keeps", "$KV.b": "keeps",
	} {
		err := checkSubject(bad)
		require.ErrorContains(t, err, says, bad)
		require.ErrorIs(t, err, store.ErrRefused, bad)
	}
}

func TestListens(t *testing.T) {
	tests := []struct {
		subjects []string
		wanted   string
		listens  bool
	}{
		{[]string{"activity.>"}, "activity.>", true},
		{[]string{"x", "activity.>"}, "activity.>", true},
		{[]string{">"}, "activity.>", true},
		{[]string{"activity.>"}, "activity.prod.>", true},
		{[]string{"*.>"}, "activity.>", true},
		{[]string{"*.prod.>"}, "activity.prod.>", true},
		{nil, "activity.>", false},
		{[]string{"activity"}, "activity.>", false},
		{[]string{"activity.*"}, "activity.>", false},
		{[]string{"activity.*.*.*"}, "activity.>", false}, // it would do, and nobody needs it
		{[]string{"activity.snaplogic.>"}, "activity.>", false},
		{[]string{"activity.prod.>"}, "activity.dev.>", false},
		{[]string{"activities.>"}, "activity.>", false},
		{[]string{"activity.*.>"}, "activity.>", false},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.listens, listens(tt.subjects, tt.wanted), "%v %s", tt.subjects, tt.wanted)
	}
}
