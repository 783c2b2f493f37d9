package sdelementstest

import (
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// samples are the activities on the vendor's page, in its order.
func samples() []sdelements.Activity {
	items := make([]sdelements.Activity, len(sampleRecords))
	for i, record := range sampleRecords {
		items[i].Raw = []byte(record)
	}
	return items
}

var sampleRecords = []string{
	`{
  "id": 5,
  "name": "CreatedGroupActivity",
  "actor": 1,
  "text": "Admin Testerton created group group A",
  "date": "2016-05-06T14:53:28.557156Z",
  "data": {
    "target_group_desc": "group A",
    "group": "G1",
    "group_desc": "group A"
  },
  "icon": "user",
  "log_level": "success"
}`,
	`{
  "id": 3,
  "date": "2016-03-30T17:10:20.532634+00:00",
  "actor": 7,
  "name": "ModifiedBusinessUnitActivity",
  "text": "Admin Testerton modified business unit Example BU 500",
  "data": {
    "business_unit": 5,
    "business_unit_desc": "Example BU 500"
  },
  "icon": "edit",
  "log_level": ""
}`,
	`{
  "id": 2,
  "date": "2016-03-30T15:16:05.659610+00:00",
  "actor": 1,
  "name": "UserCreatedActivity",
  "text": "Admin Testerton created user Cindy Lu",
  "data": {"user": "U7"},
  "icon": "user",
  "log_level": ""
}`,
	`{
  "id": 1,
  "date": "2016-03-30T15:14:46.634929+00:00",
  "actor": 1,
  "name": "LoggedInActivity",
  "text": "Admin Testerton logged in",
  "data": {},
  "icon": "user",
  "log_level": ""
}`,
}

// highestSampleID is the highest id among the samples.
const highestSampleID = 5

// beforeSamples is where the invented activities begin: a little before the oldest sample.
var beforeSamples = time.Date(2016, time.March, 30, 15, 0, 0, 0, time.UTC)
