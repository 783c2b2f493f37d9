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

func connectAspera(s settings) (source, error) {
	env, configured, err := s.env.config("ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE")
	if err != nil {
		return source{}, err
	}
	if !configured {
		file := s.file
		if file == "" {
			file = "Merger"
		}
		a := asperaSource{fakeTransfers().Client(), fakeFiles().Client(), fakeLogins().Client(), file}
		return source{fake, endOfFakeAspera, a.reports()}, nil
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return source{}, fmt.Errorf("read ASPERA_PRIVATE_KEY_FILE: %w", err)
	}
	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: s.env("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	}), s.env.baseURL("ASPERA_BASE_URL")...)
	if err != nil {
		return source{}, err
	}
	a := asperaSource{client, client, client, s.file}
	return source{env["ASPERA_ORGANIZATION"], time.Now(), a.reports()}, nil
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
