package quota_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/quota"
)

const password = "canary-of-a-password"

func TestOpenRefuses(t *testing.T) {
	const url = "redis://collector:" + password + "@redis.example.com:6379/0"
	tests := map[string]struct {
		url, name string
		n         int
		per       time.Duration
		opts      []quota.Option
		says      string
	}{
		"no url":           {"", "q", 10, time.Minute, nil, "redis://"},
		"another scheme":   {"https://:" + password + "@redis.example.com", "q", 10, time.Minute, nil, "redis://"},
		"broken url":       {"redis://:" + password + "@redis.example.com:port", "q", 10, time.Minute, nil, "redis://"},
		"control letters":  {"redis://:" + password + "\x7f@redis.example.com", "q", 10, time.Minute, nil, "redis://"},
		"unknown setting":  {url + "?" + password + "=1", "q", 10, time.Minute, nil, "redis://"},
		"no name":          {url, "", 10, time.Minute, nil, "name"},
		"a brace":          {url, "a}b", 10, time.Minute, nil, "name"},
		"no requests":      {url, "q", 0, time.Minute, nil, "0 requests"},
		"negative":         {url, "q", -1, time.Minute, nil, "-1 requests"},
		"no span":          {url, "q", 10, 0, nil, "span"},
		"too short a span": {url, "q", 10, time.Microsecond, nil, "span"},
		"no lease":         {url, "q", 10, time.Minute, []quota.Option{quota.WithLease(0)}, "lease"},
		"no time":          {url, "q", 10, time.Minute, []quota.Option{quota.WithAnswerTimeout(-1)}, "answer timeout"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := quota.Open(tt.url, tt.name, tt.n, tt.per, tt.opts...)
			require.ErrorIs(t, err, activity.ErrInvalid)
			var typed *activity.Error
			require.ErrorAs(t, err, &typed)
			assert.ErrorContains(t, err, tt.says)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), password)
		})
	}
	_, err := quota.New(nil, "q", 10, time.Minute)
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// Close leaves a client alone that was there before.
func TestCloseOfABorrowedClient(t *testing.T) {
	options, err := redis.ParseURL(shared.URL)
	require.NoError(t, err)
	client := redis.NewClient(options)
	l, err := quota.New(client, t.Name(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, client.Ping(t.Context()).Err())
	require.NoError(t, client.Close())
	require.ErrorIs(t, l.Wait(t.Context()), quota.ErrUnavailable)
}

func TestNoPasswordInText(t *testing.T) {
	l, err := quota.Open("redis://collector:"+password+"@redis.example.com:6379/0", "q", 10, time.Minute)
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	type nested struct{ L any }
	for _, form := range []string{"%v", "%+v", "%#v", "%q", "%s"} {
		for _, value := range []any{l, nested{l}, &nested{l}} {
			assert.NotContains(t, fmt.Sprintf(form, value), password, form)
		}
	}
}
