package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicNobody is behind a value that nothing has.
const snapLogicNobody = "-none-of-the-probe"

// blank looks for an activity by a name with a blank.
func (p *snapLogicProbe) blank(ctx context.Context, s *service) finding {
	if a := p.sample(ctx, s); a.problem != "" {
		return a.openList()
	}
	old := p.old()
	if len(old) == 0 {
		return leavesOpen(snapLogicNone)
	}
	row, ok := p.loneliest(old, func(row snaplogic.Activity) bool { return snapLogicBlank(row) != nil })
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s has a blank in its project space, project or asset", snapLogicCount(len(old))))
	}
	pairs := snapLogicBlank(row)
	other := slices.Clone(pairs)
	other[len(other)-1] += snapLogicNobody
	plus := p.getRaw(ctx, s, snapLogicNearQuery("+", row, pairs...))
	none := p.near(ctx, s, row, other...)
	escaped := p.near(ctx, s, row, pairs...)
	if none.problem != "" {
		return none.openList()
	}
	if none.presence(row.ID) != unlisted {
		return leavesOpen(fmt.Sprintf("%s does not filter: an activity was listed for another value too", pairs[len(pairs)-2]))
	}
	const sends = "The SDK sends %20."
	switch as20, asPlus := escaped.taken(row.ID), plus.taken(row.ID); {
	case as20 == unsure || asPlus == unsure:
		return leavesOpen("an answer did not show all that it counted, or failed")
	case as20 == listed && asPlus == listed:
		return settles("a blank may be sent as %20 and as a plus: both found the activity", sends+" There is nothing to set.")
	case as20 == listed:
		return settles("a blank must be sent as %20: a plus did not find the activity", sends+" Let nothing on the way rewrite its queries.")
	case asPlus == listed:
		return settles("a blank must be sent as a plus: %20 did not find the activity", sends+" Its filters find no value with a blank: please share the report.")
	}
	return leavesOpen(fmt.Sprintf("neither found the activity: %s goes by something else", pairs[len(pairs)-2]))
}

// taken is presence for a request that may be refused: what is refused finds nothing.
func (a snapLogicAnswer) taken(id string) presence {
	if a.refusal != 0 {
		return unlisted
	}
	return a.presence(id)
}

// snapLogicBlank returns the filters that name a part of an activity's place, the last of which has
// a blank; nil: none has.
func snapLogicBlank(row snaplogic.Activity) []string {
	pairs := []string{}
	for _, part := range []struct{ name, value string }{
		{"filter_project_space", row.PartitionLabel}, {"filter_project", row.ProjectLabel}, {"filter_asset", row.AssetLabel},
	} {
		if part.value == "" {
			return nil
		}
		pairs = append(pairs, part.name, part.value)
		// A plus of the value's own would be escaped, and shows nothing.
		if strings.Contains(strings.TrimSpace(part.value), " ") {
			return pairs
		}
	}
	return nil
}

// asset looks for an activity by its asset alone.
func (p *snapLogicProbe) asset(ctx context.Context, s *service) finding {
	if a := p.sample(ctx, s); a.problem != "" {
		return a.openList()
	}
	old := p.old()
	if len(old) == 0 {
		return leavesOpen(snapLogicNone)
	}
	row, ok := p.loneliest(old, func(row snaplogic.Activity) bool {
		return row.AssetLabel != "" && row.ProjectLabel != "" && row.PartitionLabel != ""
	})
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s is of an asset in a project", snapLogicCount(len(old))))
	}
	const places = "Set ActivityQuery.Project and ProjectSpace together with Asset."
	unclear := leavesOpen("an answer did not show all that it counted, or failed")
	switch p.near(ctx, s, row, "filter_asset", row.AssetLabel+snapLogicNobody).taken(row.ID) {
	case listed:
		return settles("filter_asset filters nothing without the others: it listed an activity for another name too", places+" Alone it lists everything.")
	case unsure:
		return unclear
	}
	alone := p.near(ctx, s, row, "filter_asset", row.AssetLabel)
	switch alone.taken(row.ID) {
	case listed:
		return settles("filter_asset works without the others: it found an activity, and not by another name", "ActivityQuery.Asset may be set alone.")
	case unsure:
		return unclear
	}
	whole := p.near(ctx, s, row, "filter_project_space", row.PartitionLabel, "filter_project", row.ProjectLabel, "filter_asset", row.AssetLabel)
	if whole.presence(row.ID) != listed {
		return leavesOpen("the activity was found neither by its asset alone nor with its project: these filters go by something else")
	}
	if alone.refusal != 0 {
		return settles(fmt.Sprintf("filter_asset needs the others: alone it is refused with status %d", alone.refusal), places)
	}
	return settles("filter_asset needs the others: alone it found nothing", places)
}

// snapLogicAssetTypes are those that the vendor documents for queries.
var snapLogicAssetTypes = []snaplogic.AssetType{
	snaplogic.AssetFile, snaplogic.AssetPipeline, snaplogic.AssetPlex, snaplogic.AssetOrg, snaplogic.AssetAccount,
}

// assetType looks for an activity by a type that is not documented for queries.
func (p *snapLogicProbe) assetType(ctx context.Context, s *service) finding {
	if a := p.sample(ctx, s); a.problem != "" {
		return a.openList()
	}
	old := p.old()
	if len(old) == 0 {
		return leavesOpen(snapLogicNone)
	}
	var types []string
	for _, row := range old {
		types = append(types, row.AssetType)
	}
	shown, _ := shownWords(types, func(name string) bool { return slices.Contains(snapLogicAssetTypes, snaplogic.AssetType(name)) })
	row, ok := p.loneliest(old, func(row snaplogic.Activity) bool {
		return slices.Contains(shown, row.AssetType) && !slices.Contains(snapLogicAssetTypes, snaplogic.AssetType(row.AssetType))
	})
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s is of an asset of another type", snapLogicCount(len(old))))
	}
	if p.near(ctx, s, row, "filter_asset_type", string(snaplogic.AssetFile)).presence(row.ID) != unlisted {
		return leavesOpen("filter_asset_type does not filter: an activity of another type was listed too, or an answer failed")
	}
	own := p.near(ctx, s, row, "filter_asset_type", row.AssetType)
	found := own.taken(row.ID)
	if found == listed {
		return settles("the type "+row.AssetType+" is found too", "ActivityQuery.AssetType may be any type that Activity.AssetType says.")
	}
	if found == unsure || p.near(ctx, s, row).presence(row.ID) != listed {
		return leavesOpen("an answer did not show all that it counted, or failed")
	}
	const constants = "Set ActivityQuery.AssetType to its constants only."
	if own.refusal != 0 {
		return settles(fmt.Sprintf("the type %s is refused with status %d", row.AssetType, own.refusal), constants)
	}
	return settles("the type "+row.AssetType+" finds nothing, although an activity is of an asset of it", constants)
}

// unknown sends a parameter that there is not, for the list of the sample.
func (p *snapLogicProbe) unknown(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	pairs := []string{"end", snapLogicMillis(p.end.UnixMilli()), "limit", "1"}
	b := p.get(ctx, s, append(slices.Clone(pairs), "filter_probe", "1")...)
	if b.problem != "" && b.refusal == 0 {
		return b.openList()
	}
	if c := p.get(ctx, s, pairs...); c.problem != "" || len(c.rows) == 0 && len(a.rows) > 0 {
		return leavesOpen("the list could not be read without it either")
	}
	switch {
	case b.refusal != 0:
		return settles(fmt.Sprintf("it is refused with status %d", b.refusal), "A misspelt filter in ActivityQuery.Extra is an error. There is nothing to mind.")
	case len(a.rows) == 0:
		return leavesOpen("it is not refused; whether it filters was not seen, since there are no activities")
	case len(b.rows) == 0 && b.total > 0:
		return leavesOpen("it is not refused; the answer counts activities, and lists none")
	case len(b.rows) == 0:
		return settles("it is not refused, and lists nothing", "A misspelt filter in ActivityQuery.Extra finds nothing, without an error.")
	case a.total >= 0 && a.total == b.total:
		return settles(fmt.Sprintf("it is ignored: the total is %d with it and without it", a.total),
			"A misspelt filter in ActivityQuery.Extra returns everything, without an error: mind the spelling.")
	}
	return suggests("it is not refused, and activities are listed all the same",
		"A misspelt filter in ActivityQuery.Extra returns everything, without an error: mind the spelling.")
}
