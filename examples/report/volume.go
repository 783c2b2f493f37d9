package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/examples/report/internal/unit"
)

func (a asperaSource) volume(ctx context.Context, span tally.Span) (answer, error) {
	usage, err := a.transfers.OwnOrganization().VolumeUsage(ctx, aspera.VolumeQuery{Start: span.From, Stop: span.Until})
	if err != nil {
		return answer{}, err
	}
	return volumeAnswer(tally.Volumes(usage), span), nil
}

func volumeAnswer(volumes []aspera.Volume, span tally.Span) answer {
	var grid tally.Grid
	whole, largest := 0.0, 0.0
	for _, v := range volumes {
		moved := float64(v.BytesUploaded + v.BytesDownloaded)
		whole += moved
		largest = max(largest, moved)
	}
	bytes := unit.Bytes(largest)
	table := text.Table{Columns: []text.Column{{Name: "workspace"}, {Name: "id"}, {Name: "uploaded " + bytes.Name, Figures: true},
		{Name: "downloaded " + bytes.Name, Figures: true}, {Name: "both " + bytes.Name, Figures: true}, {Name: "share %", Figures: true}}}
	for i, v := range volumes {
		name := cmp.Or(v.Name, v.ID, "(not named)")
		grid.Add(name, "uploaded", bytes.In(float64(v.BytesUploaded)))
		grid.Add(name, "downloaded", bytes.In(float64(v.BytesDownloaded)))
		if i < tableRows {
			moved := float64(v.BytesUploaded + v.BytesDownloaded)
			table.Rows = append(table.Rows, []string{name, v.ID, bytes.Text(float64(v.BytesUploaded)), bytes.Text(float64(v.BytesDownloaded)),
				bytes.Text(moved), strconv.FormatFloat(100*moved/max(whole, 1), 'f', 1, 64)})
		}
	}
	result := answer{
		tables: []captioned{{fmt.Sprintf("%d of %d, most bytes first; %s", len(table.Rows), len(volumes), period(span)), table}},
		notes: []string{"The service says that it lists bytes uploaded and downloaded. By what it breaks them down, and how it names that, " +
			"is not documented: workspaces, ids and the two figures are read from the members that the SDK guesses. 1 GB is 10^9 bytes."},
	}
	if len(volumes) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "Aspera on Cloud: volume by workspace, " + dates(span), Axis: "volume (" + bytes.Name + ")",
			Rows: ranking.Rows, Series: stacked(ranking), Heading: "direction",
			Text: func(sum float64) string { return bytes.Text(sum * bytes.Divisor) }}
	}
	return result
}
