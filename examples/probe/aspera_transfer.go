package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/activity-sdk/activity/aspera"
)

// askTransfer looks at what stands around a single transfer.
func (a *asperaAccount) askTransfer(ctx context.Context, s *service) finding {
	t, twice := a.example()
	if t.UUID == "" {
		return leavesOpen("the account shows no transfers")
	}
	var got aspera.Transfer
	e := s.ask(ctx, request{call: a.guard("one transfer", func(ctx context.Context) (err error) {
		got, err = a.organization.Transfer(ctx, t.UUID)
		return err
	})})
	if e.status != http.StatusOK || e.err != nil {
		return leavesOpen("one transfer: " + asperaFailure(e))
	}
	found, where, ok := transferWithin(e.body, 3)
	if !ok || got.UUID != t.UUID {
		return leavesOpen("the answer is not about the transfer that was asked for")
	}
	answer, follows := "the transfer is bare", "Resource.Transfer reads it so."
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
		answer += "; the UUID has two directions in the list"
		if len(found) == 1 {
			answer += ", of which one comes"
		}
	}
	return settles(answer, follows)
}
