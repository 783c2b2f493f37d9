package aspera_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestResources(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(3))
	c := s.Client()
	for want, r := range map[string]aspera.Resource{
		"organizations/1023": c.Organization("1023"),
		"users/40417":        c.User("40417"),
		"nodes/a%2Fb":        c.Node("a/b"),
		"workspaces/77":      c.Workspace("77"),
	} {
		s.ResetRequests()
		got, err := r.Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err, want)
		assert.Len(t, got, 3)
		assert.Equal(t, []string{"GET /analytics/v2/" + want + "/transfers"}, apiLines(s))
	}
}

func TestInvalidResources(t *testing.T) {
	s := asperatest.NewServer()
	c := s.Client()
	all := map[string]reader{
		"transfers": transfers(aspera.TransferQuery{}), "transfer": transfer("u"), "files": files("u", aspera.FileQuery{}),
		"events": events(aspera.EventQuery{}), "volume": volume(aspera.VolumeQuery{}),
	}
	for name, read := range all {
		for message, r := range map[string]aspera.Resource{
			"organization id is empty":                 c.Organization(""),
			"user id holds control characters":         c.User("a\x00"),
			"node id must not be or hold":              c.Node(".."),
			"workspace id must not be or hold":         c.Workspace("x/%2e%2e/y"),
			"the Resource is the zero value; get one ": {},
		} {
			err := read(t.Context(), r)
			require.ErrorIs(t, err, activity.ErrInvalid, name)
			assert.Contains(t, failure(t, err).Message, message, name)
		}
	}
	assert.Empty(t, s.Requests())
}
