package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/activity-sdk/activity/aspera"
)

// askTransfer finds what is around a single transfer.
func (a *asperaProbe) askTransfer(ctx context.Context, s *service) finding {
	t, twice := a.example()
	if t.UUID == "" {
		return leavesOpen("the account shows no transfers")
	}
	var got aspera.Transfer
	e := s.send(ctx, request{call: a.guard("one transfer", func(ctx context.Context) (err error) {
		got, err = a.organization.Transfer(ctx, t.UUID)
		return err
	})})
	if e.status != http.StatusOK || e.err != nil {
		return leavesOpen("one transfer: " + outcomeOf(e))
	}
	found, where, ok := transferWithin(e.body, 3)
	if !ok || got.UUID != t.UUID {
		return leavesOpen("the answer is about another transfer")
	}
	answer, follows := "the transfer is bare", "Resource.Transfer reads it."
	switch {
	case where == "array":
		answer = fmt.Sprintf("an array with %d transfers of that UUID", len(found))
		follows = "Resource.Transfer returns the first of them."
	case where != "":
		answer = "the transfer is wrapped in another object"
		if memberName.MatchString(where) {
			answer += ", as its member " + where
		}
		if len(found) > 1 {
			answer += fmt.Sprintf(", with %d of that UUID", len(found))
		}
	}
	if twice {
		answer += "; the list has two directions for the UUID"
		if len(found) == 1 {
			answer += ", and the answer has one of them"
		}
	}
	return settles(answer, follows)
}
