package sdelements_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestRequestHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		credentials   sdelements.Credentials
		authorization string
	}{
		"key":               {sdelements.Token(sdelementstest.Key), "Token " + sdelementstest.Key},
		"connection string": {sdelements.Token(sdelementstest.Key + "@tenant.example.com"), "Token " + sdelementstest.Key},
		"user and password": {sdelements.Basic(sdelementstest.User, sdelementstest.Password),
			"Basic " + base64.StdEncoding.EncodeToString([]byte(sdelementstest.User+":"+sdelementstest.Password))},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			client, err := sdelements.New(tenant, c.credentials, activity.WithTransport(server.Transport()), activity.WithUserAgent("acme/1.2"))
			require.NoError(t, err)
			_, err = client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)

			require.Len(t, server.Requests(), 1)
			request := server.Requests()[0]
			assert.Equal(t, "tenant.example.com", request.Host)
			assert.Equal(t, http.Header{
				"Authorization":   {c.authorization},
				"Accept":          {"application/json"},
				"Content-Type":    {"application/json"},
				"User-Agent":      {"acme/1.2 activity-sdk-go"},
				"Accept-Encoding": {"gzip"},
			}, request.Header)
			assert.Empty(t, request.Body)
		})
	}
}

func TestConnectionStringWithSeveralAtSigns(t *testing.T) {
	server := sdelementstest.NewServer()
	client, err := sdelements.New(tenant, sdelements.Token("a@b@tenant.example.com"), activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activity(t.Context(), 1)
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.Equal(t, []string{"Token a@b"}, server.Requests()[0].Header["Authorization"])
}
