package tally

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// ChangeTypes are the types of events that change a project.
var ChangeTypes = []snaplogic.EventType{snaplogic.EventAssetCreate, snaplogic.EventAssetUpdate, snaplogic.EventAssetDelete, snaplogic.EventAssetRename,
	snaplogic.EventAssetMove, snaplogic.EventAssetOwnerChange, snaplogic.EventACLAdd, snaplogic.EventACLRemove}

// ProjectChanges are the changes in one project.
type ProjectChanges struct {
	Space, Project string // "" if the activities name none
	Total          int
	People         int
	Changes        []Change // most frequent first
}

// Change counts the changes of one type that a user made to an asset.
type Change struct {
	Who   string
	What  snaplogic.EventType
	Kind  string // of the asset
	Asset string
	Times int
	Last  time.Time
}

// ChangesOf counts the activities of [ChangeTypes] in each project. It sorts projects by the number
// of changes, most first.
func ChangesOf(ctx context.Context, activities activity.List[snaplogic.Activity]) ([]ProjectChanges, error) {
	type project struct{ space, name string }
	changes := map[project]map[Change]*Change{}
	for a, err := range activities.All(ctx) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ChangeTypes, a.EventType) {
			continue
		}
		in := project{a.PartitionLabel, a.ProjectLabel}
		if changes[in] == nil {
			changes[in] = map[Change]*Change{}
		}
		key := Change{Who: cmp.Or(a.ByWhom, "(not named)"), What: a.EventType, Kind: cmp.Or(a.DisplayType, a.AssetType), Asset: a.AssetLabel}
		if changes[in][key] == nil {
			changes[in][key] = new(key)
		}
		changes[in][key].Times++
		changes[in][key].Last = later(changes[in][key].Last, a.CreateTime)
	}
	projects := make([]ProjectChanges, 0, len(changes))
	for in, of := range changes {
		p := ProjectChanges{Space: in.space, Project: in.name}
		people := map[string]bool{}
		for _, change := range of {
			p.Total += change.Times
			people[change.Who] = true
			p.Changes = append(p.Changes, *change)
		}
		p.People = len(people)
		slices.SortFunc(p.Changes, func(a, b Change) int {
			return cmp.Or(cmp.Compare(b.Times, a.Times), b.Last.Compare(a.Last), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Asset, b.Asset),
				cmp.Compare(a.What, b.What), cmp.Compare(a.Kind, b.Kind))
		})
		projects = append(projects, p)
	}
	slices.SortFunc(projects, func(a, b ProjectChanges) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Space, b.Space), cmp.Compare(a.Project, b.Project))
	})
	return projects, nil
}
