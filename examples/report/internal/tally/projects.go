package tally

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
)

// ProjectActivity counts the activities of a user in a project.
type ProjectActivity struct {
	Project string // its name, or its id if it has none; "" if the activities name no project
	Actor   int64  // the user's id; 0 if the activities name none
	Times   int
	Last    time.Time
	Mostly  string // the most frequent name of an activity, without the suffix Activity
}

// ProjectActivitiesOf counts activities by project and user, and sorts these pairs by their number,
// most first. It identifies projects by name, since activities in a deleted project have no id for
// it.
func ProjectActivitiesOf(ctx context.Context, activities activity.List[sdelements.Activity]) ([]ProjectActivity, error) {
	type pair struct {
		project string
		actor   int64
	}
	pairs := map[pair]*ProjectActivity{}
	kinds := map[pair]*Grid{}
	for a, err := range activities.All(ctx) {
		if err != nil {
			return nil, err
		}
		key := pair{a.Data.ProjectDesc, a.Actor}
		if key.project == "" && a.Data.Project != 0 {
			key.project = "project " + strconv.FormatInt(a.Data.Project, 10)
		}
		if pairs[key] == nil {
			pairs[key] = &ProjectActivity{Project: key.project, Actor: key.actor}
			kinds[key] = new(Grid)
		}
		p := pairs[key]
		p.Times++
		p.Last = later(p.Last, a.Date)
		kinds[key].Add("", kind(a.Name), 1)
	}
	sums := make([]ProjectActivity, 0, len(pairs))
	for key, p := range pairs {
		p.Mostly = kinds[key].Top(1, math.MaxInt).Columns[0]
		sums = append(sums, *p)
	}
	slices.SortFunc(sums, func(a, b ProjectActivity) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Actor, b.Actor))
	})
	return sums, nil
}

// kind returns the name of an activity without the suffix that all names have.
func kind(name sdelements.ActivityName) string {
	const suffix = "Activity"
	if n := len(name) - len(suffix); n > 0 && string(name[n:]) == suffix {
		return string(name[:n])
	}
	return string(name)
}
