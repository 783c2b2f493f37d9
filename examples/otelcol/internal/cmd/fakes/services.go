package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// services are the four fakes.
type services struct {
	aspera     *asperatest.Server
	snaplogic  *snaplogictest.Server
	opswat     *opswattest.Server
	sdelements *sdelementstest.Server

	mu         sync.Mutex
	lastNumber int // of each feed
	records    []string
}

func newServices() *services {
	return &services{
		aspera: asperatest.NewServer(), snaplogic: snaplogictest.NewServer(),
		opswat: opswattest.NewServer(opswattest.WithoutQuota()), sdelements: sdelementstest.NewServer(),
	}
}

func (s *services) close() {
	s.aspera.Close()
	s.snaplogic.Close()
	s.opswat.Close()
	s.sdelements.Close()
}

// all returns the records of all feeds, as the vendors send them. No two are equal.
func (s *services) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.records)
}

// add adds n records to each feed, with times evenly between two times.
func (s *services) add(n int, from, to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range n {
		s.lastNumber++
		s.addOne(s.lastNumber, from.Add(to.Sub(from)*time.Duration(i+1)/time.Duration(n)).UTC())
	}
}

func (s *services) addOne(n int, at time.Time) {
	stamp := at.Format("2006-01-02T15:04:05.000000Z")
	transfer := fmt.Sprintf(`{"uuid": "%08x-4a5d-4c57-9d7e-%012x", "direction":"send", "status":"completed", "session_start_time":%q,`+
		` "session_stop_time":%q, "updated_at":%q, "transferred_bytes":%d, "user_email":"ada@example.com"}`, n, n, stamp, stamp, stamp, n)
	event := fmt.Sprintf(`{"event_id":"%d" , "event_type":"user_login","created_at":%q,"triggered_by_user_email":"ada@example.com"}`, n, stamp)
	asset := fmt.Sprintf(`{"_id":"%024x","event_type":"asset_update","create_time":%q,"by_whom":"ada@example.com","asset_label":"Tägliche Kopie %d"}`, n, stamp, n)
	access := fmt.Sprintf(`{ "app_name": "Salesforce", "device_id": "DEV%05dEXMPL", "app_user": "ada@example.com", "action": "blocked", "timestamp": %q }`,
		n, at.Format("Jan 2, 2006 3:04:05 PM"))
	task := fmt.Sprintf(`{"id":%d,"name":"TaskStatusChangedActivity","actor":7,"text":"changed <b>task</b>","date":%q}`, n, stamp)
	s.aspera.Add(aspera.Transfer{Raw: []byte(transfer)})
	s.aspera.AddApplicationEvents(aspera.ApplicationEvent{Raw: []byte(event)})
	s.snaplogic.Add(snaplogic.Activity{Raw: []byte(asset)})
	s.opswat.Add(opswat.Activity{Raw: []byte(access)})
	s.sdelements.Add(sdelements.Activity{Raw: []byte(task)})
	s.records = append(s.records, transfer, event, asset, access, task)
}

// grow adds n records to each feed, spread over the given duration.
func (s *services) grow(n int, during time.Duration) {
	if n == 0 {
		return
	}
	tick := time.NewTicker(during / time.Duration(n))
	defer tick.Stop()
	for range n {
		now := <-tick.C
		s.add(1, now, now)
		s.aspera.ResetRequests()
		s.snaplogic.ResetRequests()
		s.opswat.ResetRequests()
		s.sdelements.ResetRequests()
	}
}
