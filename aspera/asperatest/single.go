package asperatest

import (
	"net/http"
	"net/url"

	"github.com/activity-sdk/activity/internal/fake"
)

// oneTransfer answers with the newest transfer of that UUID.
func (s *Server) oneTransfer(uuid string) handler {
	return func(w http.ResponseWriter, _ *http.Request, query url.Values) {
		if err := (fake.Params{}).Verify(query); err != nil {
			s.badRequest(w, err)
			return
		}
		found := s.tables[transfers].Select(func(row fake.Row) bool { return row.Value.(traits).uuid == uuid })
		if len(found) == 0 {
			s.notFound(w, "no such transfer")
			return
		}
		body := found[0].Raw
		if s.settings.wrapped {
			body = render(form{{"organization_id", numeral(OrganizationID)}, {"transfer", verbatim(body)}})
		}
		fake.WriteRaw(w, http.StatusOK, "application/json", body)
	}
}
