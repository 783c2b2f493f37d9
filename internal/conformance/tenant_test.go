package conformance_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

const changedName = "; if that is the same account, whose name or host changed, give WithTenant the old name"

// TestTenantsAreKeptApart checks that cursors and checkpoints of one account are refused for
// another. No request is sent, and the error names both accounts.
func TestTenantsAreKeptApart(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		prod, staging := s.client(t, activity.WithTenant("acme prod")), s.client(t, activity.WithTenant("acme staging"))
		p, err := prod.list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		var c activity.Checkpoint
		if !a.noFeed {
			for b, err := range prod.feed(query{}).Round(t.Context(), c, activity.FollowOptions{Since: newest()}) {
				require.NoError(t, err)
				c = b.Checkpoint
			}
		}
		s.ResetRequests()
		names := `made for tenant "acme prod", and this `
		_, err = readIDs(t.Context(), staging.list(bounded(5)), p.Next)
		require.ErrorIs(t, err, activity.ErrCursorMismatch)
		require.ErrorContains(t, err, names+`list is of tenant "acme staging"`+changedName)
		assert.Equal(t, "acme staging", asError(t, a, err).Tenant)
		if !a.noFeed {
			for b, err := range staging.feed(query{}).Round(t.Context(), c, activity.FollowOptions{}) {
				require.ErrorIs(t, err, activity.ErrCheckpointMismatch)
				require.ErrorContains(t, err, names+`feed reads tenant "acme staging"`+changedName)
				assert.Equal(t, "acme staging", asError(t, a, err).Tenant)
				assert.Equal(t, c, b.Checkpoint, "storing it does no harm")
			}
		}
		assert.Empty(t, s.Requests())

		rest, err := readIDs(t.Context(), s.client(t, activity.WithTenant("acme prod")).list(bounded(5)), p.Next)
		require.NoError(t, err, "another client of the same tenant")
		assert.Equal(t, descending(18, 1), rest)
	})
}

// TestTenantIsNamed checks that errors and log lines name the tenant.
func TestTenantIsNamed(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		var log strings.Builder
		c := s.client(t, activity.WithTenant("acme prod"), activity.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		s.Fail(fake.Fault{Status: 503}, fake.Fault{Status: 403})
		_, err := readIDs(t.Context(), c.list(bounded(5)), "")
		e := asError(t, a, err)
		assert.Equal(t, "acme prod", e.Tenant)
		assert.True(t, strings.HasPrefix(e.Error(), a.vendor+": acme prod: "+e.Op+": "), e.Error())
		assert.Equal(t, "acme prod", attributes(t, e)["tenant"])
		assert.Contains(t, toJSON(e), `"tenant":"acme prod"`)
		_, err = readIDs(t.Context(), c.list(query{from: newest(), to: newest().AddDate(0, 0, -1)}), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.Equal(t, "acme prod", asError(t, a, err).Tenant)
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		require.GreaterOrEqual(t, len(lines), 3)
		for _, line := range lines {
			fields := map[string]any{}
			require.NoError(t, json.Unmarshal([]byte(line), &fields))
			assert.Equal(t, a.vendor, fields["vendor"], line)
			assert.Equal(t, "acme prod", fields["tenant"], line)
			assert.Equal(t, 1, strings.Count(line, `"vendor"`), line)
			for name, value := range fields {
				if name == "wait" || name == "took" {
					assert.Regexp(t, `^[\d.]+(ns|µs|ms|s)$`, value, "a duration is text")
				}
			}
			if fields["op"] == e.Op && fields["path"] != nil {
				assert.Equal(t, e.Path, fields["path"], "the same as in the error")
			}
		}
	})
}

// attributes returns the attributes of an error in a log.
func attributes(t *testing.T, e *activity.Error) map[string]any {
	t.Helper()
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "cause", e)
	var line struct{ Cause map[string]any }
	require.NoError(t, json.Unmarshal([]byte(log.String()), &line))
	return line.Cause
}

// TestTenantNames checks that a name which would break a line, or cannot be seen, is refused.
func TestTenantNames(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(0)
		for name, message := range map[string]string{
			"":                       "the name is empty",
			" acme":                  "white space around it",
			"acme\n":                 "white space around it",
			"ac\nme":                 "characters in it that do not print",
			"ac\x00me":               "characters in it that do not print",
			"ac\xffme":               "characters in it that do not print",
			strings.Repeat("x", 129): "longer than 128 bytes",
		} {
			_, err := a.newClient(s.logins[0].credentials(), activity.WithTenant(name))
			require.ErrorIs(t, err, activity.ErrInvalid, "%q", name)
			require.ErrorContains(t, err, message)
		}
		for _, name := range []string{"a", "acme prod", "Zoë & Co/Nord", strings.Repeat("x", 128)} {
			_, err := a.newClient(s.logins[0].credentials(), activity.WithTenant(name))
			require.NoError(t, err)
		}
	})
}
