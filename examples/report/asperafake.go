package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// endOfFakeAspera is the time at which the rows of the fake end.
var endOfFakeAspera = time.Date(2025, time.November, 14, 17, 30, 1, 0, time.UTC)

// fakeTransfers returns a fake with the transfers of a week.
func fakeTransfers() *asperatest.Server { return asperatest.NewServer(asperatest.WithRows(8000)) }

// fakeFiles returns a fake that also has some files to which several people have access.
func fakeFiles() *asperatest.Server {
	server := asperatest.NewServer(asperatest.WithRows(100))
	for id, file := range map[string]struct {
		name  string
		users []string
	}{
		"71001": {"Merger plan.pdf", []string{"Ada Okafor", "Priya Raman", "Erik Solberg"}},
		"71002": {"Merger plan v2.pdf", []string{"Ada Okafor", "Priya Raman"}},
		"71003": {"Merger figures.xlsx", nil},
	} {
		server.AddMatches(aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: id, Name: file.name, Path: "/Board/" + file.name}})
		for _, user := range file.users {
			mailbox := strings.ReplaceAll(strings.ToLower(user), " ", ".")
			server.AddFileAccess(aspera.FileAccess{UserName: user, UserEmail: mailbox + "@example.com", FileID: id, FileName: file.name})
		}
	}
	server.AddMatches(aspera.FileAccessMatch{User: &aspera.FileAccessUser{ID: "40501", Name: "Merger Desk", Email: "merger.desk@example.com"}})
	return server
}

// fakeLogins returns a fake with the events of eight weeks, in which each user logs in with a
// habit. The events that asperatest invents cover only days, too few for a calendar.
func fakeLogins() *asperatest.Server {
	habits := []struct {
		user   string
		office float64 // the probability of each of two logins on a working day
		leave  int     // days since the last login
	}{
		{"ada.okafor", 0.9, 0}, {"miguel.santos", 0.85, 0}, {"priya.raman", 0.7, 0}, {"zoe.lindqvist", 0.6, 9}, {"tomasz.nowak", 0.5, 0},
		{"hana.suzuki", 0.5, 0}, {"liam.obrien", 0.4, 0}, {"fatima.haddad", 0.35, 25}, {"jonas.weber", 0.3, 0}, {"chiara.conti", 0.25, 0},
		{"wei.zhang", 0.2, 0}, {"jose.nunez", 0.15, 0}, {"amina.diallo", 0.1, 0}, {"erik.solberg", 0.07, 31}, {"noor.van.dijk", 0.04, 0},
		{"samuel.adeyemi", 0.02, 0}, {"ivana.horvat", 0.5, 40}, {"auditor", 0, 0},
	}
	r := rand.New(rand.NewPCG(1, 2))
	var events []aspera.ApplicationEvent
	event := func(user, kind string, at time.Time) {
		events = append(events, aspera.ApplicationEvent{EventID: strconv.Itoa(900_000 + len(events)), EventType: aspera.EventType(kind),
			TriggeredByUserEmail: user + "@example.com", CreatedAt: at})
	}
	const days = 56
	for back := days; back >= 0; back-- {
		morning := time.Date(2025, time.November, 14-back, 7, 0, 0, 0, time.UTC)
		weekend := morning.Weekday() == time.Saturday || morning.Weekday() == time.Sunday
		for _, h := range habits {
			for range 2 {
				at := morning.Add(time.Duration(r.IntN(600)) * time.Minute)
				if chance := r.Float64(); back >= h.leave && (chance < h.office && !weekend || chance < h.office/10) {
					event(h.user, "user_logged_in", at)
				}
			}
		}
		if morning.Weekday() == time.Monday {
			event("auditor", "file_downloaded", morning)
		}
	}
	server := asperatest.NewServer()
	server.AddApplicationEvents(events...)
	return server
}
