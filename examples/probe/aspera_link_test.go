package main

import "testing"

func TestAsperaLink(t *testing.T) {
	asperaCases{
		"none":      {asperaOf(3), "the link adds no bounds | A query needs no Start", settled},
		"both":      {withAnswers(`{"transfers":[{"uuid":"a"}],"next":{"href":"?limit=1&next=7&stop_time=2&start_time=1"}}`), "the link adds start_time and stop_time | The SDK does not send", settled},
		"one":       {withAnswers(`{"transfers":[{"uuid":"a"}],"next":"?next=7&start_time=1"}`), "the link adds start_time |", settled},
		"one page":  {asperaOf(1), "too few transfers", open},
		"no answer": {withAnswers(`{}`), "transfers: ", open},
	}.run(t, "aspera.link")
}
