package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicNoSuchValue, added to a value, makes one that nothing has.
const snapLogicNoSuchValue = "-none-of-the-probe"

// blank searches for an activity by a name with a blank.
func (p *snapLogicProbe) blank(ctx context.Context, s *service, rows []snaplogic.Activity) finding {
	row, ok := p.mostIsolated(rows, func(row snaplogic.Activity) bool { return blankFilters(row) != nil })
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s has a blank in its project space, project or asset", activities(len(rows))))
	}
	pairs := blankFilters(row)
	other := slices.Clone(pairs)
	other[len(other)-1] += snapLogicNoSuchValue
	plus := p.getRaw(ctx, s, snapLogicAroundQuery("+", row, pairs...))
	none := p.around(ctx, s, row, other...)
	escaped := p.around(ctx, s, row, pairs...)
	if none.problem != "" {
		return none.openList()
	}
	if none.presence(row.ID) != unlisted {
		return leavesOpen(fmt.Sprintf("%s does not filter: it also listed an activity for another value", pairs[len(pairs)-2]))
	}
	const sends = "The SDK sends %20."
	switch as20, asPlus := escaped.presenceOrRefused(row.ID), plus.presenceOrRefused(row.ID); {
	case as20 == unsure || asPlus == unsure:
		return leavesOpen("an answer failed or did not show all that it counted")
	case as20 == listed && asPlus == listed:
		return settles("a blank may be sent as %20 and as a plus: both found the activity", sends+" There is nothing to set.")
	case as20 == listed:
		return settles("a blank must be sent as %20: a plus did not find the activity", sends+" Make sure that no proxy rewrites its queries.")
	case asPlus == listed:
		return settles("a blank must be sent as a plus: %20 did not find the activity", sends+" Its filters find no value with a blank: please share the report.")
	}
	return leavesOpen(fmt.Sprintf("neither found the activity: %s compares something else", pairs[len(pairs)-2]))
}

// presenceOrRefused is like presence, but takes a refused request for one that finds nothing.
func (a snapLogicAnswer) presenceOrRefused(id string) presence {
	if a.refusal != 0 {
		return unlisted
	}
	return a.presence(id)
}

// blankFilters returns the filters for an activity's project space, project and asset, up to the
// first that has a blank, or nil if none has one.
func blankFilters(row snaplogic.Activity) []string {
	pairs := []string{}
	for _, part := range []struct{ name, value string }{
		{"filter_project_space", row.PartitionLabel}, {"filter_project", row.ProjectLabel}, {"filter_asset", row.AssetLabel},
	} {
		if part.value == "" {
			return nil
		}
		pairs = append(pairs, part.name, part.value)
		// A plus in the value itself would be escaped, and shows nothing.
		if strings.Contains(strings.TrimSpace(part.value), " ") {
			return pairs
		}
	}
	return nil
}

// asset searches for an activity by its asset alone.
func (p *snapLogicProbe) asset(ctx context.Context, s *service, rows []snaplogic.Activity) finding {
	row, ok := p.mostIsolated(rows, func(row snaplogic.Activity) bool {
		return row.AssetLabel != "" && row.ProjectLabel != "" && row.PartitionLabel != ""
	})
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s is of an asset in a project", activities(len(rows))))
	}
	const places = "Set ActivityQuery.Project and ProjectSpace together with Asset."
	unclear := leavesOpen("an answer failed or did not show all that it counted")
	switch p.around(ctx, s, row, "filter_asset", row.AssetLabel+snapLogicNoSuchValue).presenceOrRefused(row.ID) {
	case listed:
		return settles("filter_asset filters nothing without the others: it also listed an activity for another name", places+" Asset alone lists everything.")
	case unsure:
		return unclear
	}
	alone := p.around(ctx, s, row, "filter_asset", row.AssetLabel)
	switch alone.presenceOrRefused(row.ID) {
	case listed:
		return settles("filter_asset works without the others: it found an activity, and not by another name", "ActivityQuery.Asset may be set alone.")
	case unsure:
		return unclear
	}
	whole := p.around(ctx, s, row, "filter_project_space", row.PartitionLabel, "filter_project", row.ProjectLabel, "filter_asset", row.AssetLabel)
	if whole.presence(row.ID) != listed {
		return leavesOpen("the activity was found neither by its asset alone nor together with its project: these filters compare something else")
	}
	if alone.refusal != 0 {
		return settles(fmt.Sprintf("filter_asset needs the others: alone it is refused with status %d", alone.refusal), places)
	}
	return settles("filter_asset needs the others: alone it found nothing", places)
}

// snapLogicAssetTypes are the types that the vendor documents for queries.
var snapLogicAssetTypes = []snaplogic.AssetType{
	snaplogic.AssetFile, snaplogic.AssetPipeline, snaplogic.AssetPlex, snaplogic.AssetOrg, snaplogic.AssetAccount,
}

// assetType searches for an activity by a type that is not documented for queries.
func (p *snapLogicProbe) assetType(ctx context.Context, s *service, rows []snaplogic.Activity) finding {
	var types []string
	for _, row := range rows {
		types = append(types, row.AssetType)
	}
	shown, _ := reportableWords(types, func(name string) bool { return slices.Contains(snapLogicAssetTypes, snaplogic.AssetType(name)) })
	row, ok := p.mostIsolated(rows, func(row snaplogic.Activity) bool {
		return slices.Contains(shown, row.AssetType) && !slices.Contains(snapLogicAssetTypes, snaplogic.AssetType(row.AssetType))
	})
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s is of an asset of another type", activities(len(rows))))
	}
	if p.around(ctx, s, row, "filter_asset_type", string(snaplogic.AssetFile)).presence(row.ID) != unlisted {
		return leavesOpen("filter_asset_type does not filter and also listed an activity of another type, or an answer failed")
	}
	own := p.around(ctx, s, row, "filter_asset_type", row.AssetType)
	found := own.presenceOrRefused(row.ID)
	if found == listed {
		return settles("the type "+row.AssetType+" is found too", "ActivityQuery.AssetType may be any value of Activity.AssetType.")
	}
	if found == unsure || p.around(ctx, s, row).presence(row.ID) != listed {
		return leavesOpen("an answer failed or did not show all that it counted")
	}
	const constants = "Use only the constants for ActivityQuery.AssetType."
	if own.refusal != 0 {
		return settles(fmt.Sprintf("the type %s is refused with status %d", row.AssetType, own.refusal), constants)
	}
	return settles("the type "+row.AssetType+" finds nothing, although there is an activity with such an asset", constants)
}

// unknown sends an unknown parameter with the query of the sample.
func (p *snapLogicProbe) unknown(ctx context.Context, s *service, a snapLogicAnswer) finding {
	pairs := []string{"end", snapLogicMillis(p.end.UnixMilli()), "limit", "1"}
	b := p.get(ctx, s, append(slices.Clone(pairs), "filter_probe", "1")...)
	if b.problem != "" && b.refusal == 0 {
		return b.openList()
	}
	if c := p.get(ctx, s, pairs...); c.problem != "" || len(c.rows) == 0 && len(a.rows) > 0 {
		return leavesOpen("the list could not be read without the parameter either")
	}
	switch {
	case b.refusal != 0:
		return settles(fmt.Sprintf("it is refused with status %d", b.refusal), "A misspelt filter in ActivityQuery.Extra is an error. There is nothing to set.")
	case len(a.rows) == 0:
		return leavesOpen("it is not refused; whether it filters was not seen, since there are no activities")
	case len(b.rows) == 0 && b.total > 0:
		return leavesOpen("it is not refused; the answer counts activities, but lists none")
	case len(b.rows) == 0:
		return settles("it is not refused, and lists nothing", "A misspelt filter in ActivityQuery.Extra finds nothing, without an error.")
	case a.total >= 0 && a.total == b.total:
		return settles(fmt.Sprintf("it is ignored: the total is %d with it and without it", a.total),
			"A misspelt filter in ActivityQuery.Extra returns everything, without an error: check the spelling.")
	}
	return suggests("it is not refused, and activities are still listed",
		"A misspelt filter in ActivityQuery.Extra returns everything, without an error: check the spelling.")
}
