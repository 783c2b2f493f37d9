package main

import (
	"errors"
	"strings"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// snapLogicSource is an organization, or the fake of one.
type snapLogicSource struct {
	client         *snaplogic.Client
	space, project string // whose changes are wanted; "": of whichever was changed most
}

// snaplogic returns the client of the organization that is configured, and its name; nil if none
// is.
func (e environment) snaplogic() (*snaplogic.Client, string, error) {
	env, configured, err := e.config("SNAPLOGIC_ORGANIZATION", "SNAPLOGIC_USER", "SNAPLOGIC_PASSWORD")
	if err != nil || !configured {
		return nil, "", err
	}
	client, err := snaplogic.New(env["SNAPLOGIC_ORGANIZATION"], snaplogic.Basic(env["SNAPLOGIC_USER"], env["SNAPLOGIC_PASSWORD"]),
		e.baseURL("SNAPLOGIC_BASE_URL")...)
	return client, env["SNAPLOGIC_ORGANIZATION"], err
}

func connectSnapLogic(s settings) (source, error) {
	var l snapLogicSource
	if s.project != "" {
		var both bool
		if l.space, l.project, both = strings.Cut(s.project, "/"); !both || l.space == "" || l.project == "" {
			return source{}, errors.New("-project names no project space: it is space/project, as in projects/Ledger")
		}
	}
	client, organization, err := s.env.snaplogic()
	if err != nil {
		return source{}, err
	}
	if l.client = client; client == nil {
		l.client = snaplogictest.NewServer(snaplogictest.WithRows(4000)).Client()
		return source{fake, endOfFakeSnapLogic, l.reports()}, nil
	}
	return source{organization, time.Now(), l.reports()}, nil
}

// endOfFakeSnapLogic is where the rows of the fake end.
var endOfFakeSnapLogic = time.Date(2018, time.July, 4, 7, 0, 0, 0, time.UTC)

func (l snapLogicSource) reports() []report {
	return []report{
		{"changes", "who changed what in a project?", 7 * day, l.changes},
		{"failures", "whose logins fail?", 7 * day, l.failures},
	}
}
