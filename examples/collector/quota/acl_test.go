package quota_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// The permissions that the package's documentation names are enough.
func TestDocumentedPermissions(t *testing.T) {
	const commands = "+evalsha +eval +time +info +zadd +zrem +zscore +zcard +zrange +zrangebyscore +zremrangebyscore +pexpire +hello +auth +ping +client"
	redis := redisServer(t, append([]string{"--user", "quota", "on", ">" + password, "resetchannels", "~activity:quota:*"}, strings.Fields(commands)...)...)
	l := openAt(t, "unix://quota:"+password+"@"+redis.URL[len("unix://"):], 1, 50*time.Millisecond)
	for _, a := range []activity.Attempt{{Sent: true}, {}, {Sent: true, StatusCode: 200}} {
		begin(t, l)(a)
	}
	require.NoError(t, l.Wait(t.Context()))
}
