package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/examples/report/internal/unit"
)

// volumes has sums of bytes, and what they are sums of.
type volumes struct {
	sums []aspera.Volume
	of   string
	note string
}

func (a asperaSource) volume(ctx context.Context, span tally.Span) (answer, error) {
	v, err := a.volumes(ctx, span)
	if err != nil {
		return answer{}, err
	}
	return volumeAnswer(v, span), nil
}

func volumeAnswer(of volumes, span tally.Span) answer {
	volumes := of.sums
	var grid tally.Grid
	whole, largest := 0.0, 0.0
	for _, v := range volumes {
		moved := float64(v.BytesUploaded + v.BytesDownloaded)
		whole += moved
		largest = max(largest, moved)
	}
	bytes := unit.Bytes(largest)
	table := text.Table{Columns: []text.Column{{Name: of.of}, {Name: "uploaded " + bytes.Name, Numeric: true},
		{Name: "downloaded " + bytes.Name, Numeric: true}, {Name: "both " + bytes.Name, Numeric: true}, {Name: "share %", Numeric: true}}}
	for i, v := range volumes {
		name := cmp.Or(v.Name, v.ID, "(not named)")
		if v.Name != "" && v.ID != "" {
			name += " (" + v.ID + ")" // several may have the same name
		}
		grid.Add(name, "uploaded", bytes.In(float64(v.BytesUploaded)))
		grid.Add(name, "downloaded", bytes.In(float64(v.BytesDownloaded)))
		if i < tableRows {
			moved := float64(v.BytesUploaded + v.BytesDownloaded)
			table.Rows = append(table.Rows, []string{name, bytes.Text(float64(v.BytesUploaded)), bytes.Text(float64(v.BytesDownloaded)),
				bytes.Text(moved), percent(moved, whole)})
		}
	}
	result := answer{
		sections: []section{{caption: fmt.Sprintf("%d of %d, most bytes first; %s", len(table.Rows), len(volumes), period(span)), Table: table}},
		notes:    []string{of.note},
	}
	if len(volumes) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "Aspera on Cloud: volume by " + of.of + ", " + dates(span), Axis: "volume (" + bytes.Name + ")",
			Rows: ranking.Rows, Series: seriesOf(ranking), Heading: "direction",
			Text: func(sum float64) string { return bytes.Text(sum * bytes.Divisor) }}
	}
	return result
}
