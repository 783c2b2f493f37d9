package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// askThroughput compares the throughput of transfers with their bytes and durations. It sends
// nothing.
func (a *asperaProbe) askThroughput(context.Context, *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	const longest, enough = 10 * time.Second, 3 // a short transfer is mostly set-up
	var ratios []float64                        // to bytes per second
	for _, t := range a.sample.Items {
		took := t.SessionStop.Sub(t.SessionStart)
		if !t.Done() || t.SessionStart.IsZero() || took < longest || t.TransferredBytes <= 0 || t.Throughput <= 0 {
			continue
		}
		ratios = append(ratios, t.Throughput*took.Seconds()/float64(t.TransferredBytes))
	}
	if len(ratios) < enough {
		return leavesOpen(fmt.Sprintf("only %s of the sample took 10 seconds, with bytes and a throughput", plural(len(ratios), "transfer", "transfers")))
	}
	slices.Sort(ratios)
	within := func(low, high float64) int {
		n := 0
		for _, r := range ratios {
			if r >= low && r <= high {
				n++
			}
		}
		return n * 100 / len(ratios)
	}
	middle := ratios[len(ratios)/2]
	least, most := fmt.Sprintf("%.2g", ratios[0]), fmt.Sprintf("%.2g", ratios[len(ratios)-1])
	times := "the bytes per second"
	if text := fmt.Sprintf("%.2g", middle); text != "1" {
		times = text + " times " + times
	}
	answer := fmt.Sprintf("throughput is %s in all %d transfers", times, len(ratios))
	if least != most {
		answer = fmt.Sprintf("throughput is %s in the median of %d transfers, and %s to %s times overall", times, len(ratios), least, most)
	}
	const bits = "Transfer.Throughput is in bits per second, as the SDK assumes."
	const bytes = "Transfer.Throughput is in bytes per second, but the SDK assumes bits. Please share the report."
	switch {
	case within(6.5, 12) >= 80:
		return settles(answer+": bits", bits)
	case within(0.8, 1.5) >= 80:
		return settles(answer+": bytes", bytes)
	case middle >= 6.5 && within(5, 1e3) >= 80 && middle < 100:
		return suggests(answer+": bits, without the time in which no data moves", bits)
	case middle >= 0.8 && middle <= 4 && within(0.8, 5) >= 80:
		return suggests(answer+": bytes, without the time in which no data moves", bytes)
	default:
		return leavesOpen(answer + ", which fits neither bits nor bytes")
	}
}
