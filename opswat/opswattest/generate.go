package opswattest

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/opswat"
)

// samples are the two records on the vendor's page, in its order, with an address of example.com.
var samples = []string{
	`{ "app_name": "Salesforce", "device_status": "Non-compliant", "device_name": "W8EVN20", "device_id": "SGH238TZW5",` +
		` "access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com", "device_group": "Group only firewall",` +
		` "action": "blocked", "timestamp": "May 18, 2018 10:40:00 AM" }`,
	`{ "app_name": "Slack", "device_status": "Non-compliant", "device_name": "W8EVN20", "device_id": "SGH238TZW5",` +
		` "access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com", "device_group": "Group only firewall",` +
		` "action": "blocked", "timestamp": "May 18, 2018 10:37:48 AM" }`,
}

// generate returns n rows: the samples and older invented ones.
func (s *Server) generate(n int, seed uint64) []fake.Row {
	rows := make([]fake.Row, 0, max(n, 0))
	for _, sample := range samples[:min(max(n, 0), len(samples))] {
		rows = append(rows, s.rowOf(opswat.Activity{Raw: []byte(sample)}))
	}
	oldest := time.Date(2018, time.May, 18, 10, 37, 48, 0, s.config.location) // of the samples
	g := fake.NewGenerator(seed, oldest)
	for _, at := range g.Times(n - len(rows)) {
		rows = append(rows, s.rowOf(invent(g, at)))
	}
	return rows
}

// invent returns one activity. A person has one device, and a device has one group and usually the
// same status.
func invent(g *fake.Generator, at time.Time) opswat.Activity {
	user := g.User()
	mailbox, _, _ := strings.Cut(user.Email, "@")
	a := opswat.Activity{
		Timestamp:    at.Truncate(time.Second),
		DeviceID:     fmt.Sprintf("DEV%03dEXMPL", user.ID),
		DeviceName:   "LT-" + strings.ToUpper(mailbox),
		DeviceStatus: "Compliant",
		DeviceGroup:  cmp.Or(map[int64]string{0: "Build Agents", 1: "Contractors"}[user.ID%7], "Office Laptops"),
		AppUser:      user.Email,
		AppName: g.Pick(fake.Weighted{Value: "Office 365", Weight: 6}, fake.Weighted{Value: "Salesforce", Weight: 4},
			fake.Weighted{Value: "Slack", Weight: 4}, fake.Weighted{Value: "Dropbox", Weight: 1}),
		Action:     opswat.ActionAllowed,
		AccessRule: "COMPLIANT DEVICES",
	}
	switch {
	case g.Chance(0.12):
		a.DeviceStatus, a.AccessRule, a.Action = "Non-compliant", "NON COMPLIANT DEVICES", opswat.ActionBlocked
	case g.Chance(0.05):
		a.DeviceStatus, a.AccessRule, a.Action = "Out of date", "GRACE PERIOD", opswat.ActionMonitoredBlock
	}
	return a
}
