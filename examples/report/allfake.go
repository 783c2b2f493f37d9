package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// team has the people in [teamFakes]. SD Elements numbers them in this order, from 1.
var team = []string{"ada.okafor", "priya.raman", "tomasz.nowak", "zoe.lindqvist", "erik.solberg"}

// teamNames maps the numbers to people, as a user does with -same.
var teamNames = func() tally.Names {
	names := tally.Names{}
	for i, who := range team {
		names["sdelements "+strconv.Itoa(i+1)] = who + "@example.com"
	}
	return names
}()

// teamFakes returns clients of four fakes with the events of one team, in the week before end. The
// events that the fakes invent by themselves are years apart.
func teamFakes(end time.Time) clients {
	var (
		transfers = asperatest.NewServer()
		changes   = snaplogictest.NewServer()
		accesses  = opswattest.NewServer()
		tasks     = sdelementstest.NewServer()
		random    = rand.New(rand.NewPCG(1, 2))
	)
	changeTypes := []snaplogic.EventType{snaplogic.EventSessionStart, snaplogic.EventAssetUpdate, snaplogic.EventAssetCreate, snaplogic.EventUserAuthFailure}
	actions := []opswat.Action{opswat.ActionAllowed, opswat.ActionAllowed, opswat.ActionBlocked}
	names := []sdelements.ActivityName{sdelements.LoggedInActivity, sdelements.MarkedTaskActivity}
	for n := range 400 {
		at := end.Add(-time.Duration(n)*25*time.Minute - time.Minute).UTC()
		if hour := at.Hour(); hour < 7 || hour > 18 {
			continue // nobody works at night
		}
		who := min(random.IntN(len(team)), random.IntN(len(team))) // the first is the most active
		mail, id := team[who]+"@example.com", strconv.Itoa(1000+n)
		switch n % 4 {
		case 0:
			transfers.Add(aspera.Transfer{UUID: id, UserEmail: mail, Direction: aspera.DirectionReceive, Status: aspera.StatusCompleted, Content: "Report " + id + ".pdf",
				SessionStart: at, SessionStop: at, UpdatedAt: at, TransferredBytes: int64(random.IntN(1 << 30)), ClientIPAddress: "203.0.113." + strconv.Itoa(who+1)})
		case 1:
			changes.Add(snaplogic.Activity{ID: id, EventType: changeTypes[random.IntN(len(changeTypes))], ByWhom: mail, UserID: mail, CreateTime: at,
				AssetType: "Pipeline", AssetLabel: "Invoices " + id, AssetPath: "/acme/projects/Ledger/Invoices " + id})
		case 2:
			accesses.Add(opswat.Activity{Timestamp: at.Truncate(time.Second), Action: actions[random.IntN(len(actions))], AppUser: mail, AppName: "Office 365",
				DeviceName: "LT-" + strings.ToUpper(team[who]), DeviceID: id, AccessRule: "Compliant devices"})
		case 3:
			tasks.Add(sdelements.Activity{ID: int64(1000 + n), Name: names[random.IntN(len(names))], Actor: int64(who + 1), Date: at})
		}
	}
	return clients{transfers.Client(), changes.Client(), accesses.Client(), tasks.Client()}
}
