package main

import (
	"fmt"
	"os"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

const day = 24 * time.Hour

// asperaSource is an organization, or the fakes of one.
type asperaSource struct {
	transfers *aspera.Client
	files     *aspera.Client
	events    *aspera.Client
	file      string // to search for; "": the user named none
}

// aspera returns the client of the organization that is configured, and its name; nil if none is.
func (e environment) aspera() (*aspera.Client, string, error) {
	env, configured, err := e.config("ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE")
	if err != nil || !configured {
		return nil, "", err
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, "", fmt.Errorf("read ASPERA_PRIVATE_KEY_FILE: %w", err)
	}
	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: e("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	}), e.baseURL("ASPERA_BASE_URL")...)
	return client, env["ASPERA_ORGANIZATION"], err
}

func connectAspera(s settings) (source, error) {
	client, organization, err := s.env.aspera()
	if err != nil {
		return source{}, err
	}
	if client == nil {
		file := s.file
		if file == "" {
			file = "Merger"
		}
		a := asperaSource{fakeTransfers().Client(), fakeFiles().Client(), fakeLogins().Client(), file}
		return source{fake, endOfFakeAspera, a.reports()}, nil
	}
	a := asperaSource{client, client, client, s.file}
	return source{organization, time.Now(), a.reports()}, nil
}

// reports are the use cases that the vendor's page names.
func (a asperaSource) reports() []report {
	return []report{
		{"bandwidth", "who uses excessive bandwidth?", 7 * day, a.bandwidth},
		{"volume", "which workspaces move most data?", 28 * day, a.volume},
		{"access", "who has access to a file?", 28 * day, a.access},
		{"logins", "does a user log in often enough?", 56 * day, a.logins},
	}
}
