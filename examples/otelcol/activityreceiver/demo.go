package activityreceiver

import (
	"net/http"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// demoRecords is the number of records in each feed of a demo. They are the same in every run.
const demoRecords = 200

// server is a fake inside the process.
type server interface {
	Transport() http.RoundTripper
	Close()
}

func asperaDemo(t *Tenant) server {
	s := asperatest.NewServer(asperatest.WithRows(demoRecords))
	jwt := s.JWTConfig()
	t.Organization, t.ClientID, t.User = jwt.Organization, jwt.ClientID, jwt.User
	t.ClientSecret, t.PrivateKey = configopaque.String(jwt.ClientSecret), configopaque.String(jwt.PrivateKey)
	return s
}

func snaplogicDemo(t *Tenant) server {
	t.Organization, t.User, t.Password = snaplogictest.Organization, snaplogictest.User, snaplogictest.Password
	return snaplogictest.NewServer(snaplogictest.WithRows(demoRecords))
}

// opswatDemo returns a fake with the vendor's quota, a thousand times faster.
func opswatDemo(t *Tenant) server {
	t.Key, t.Secret, t.Quota = opswattest.ClientKey, opswattest.ClientSecret, Quota{Requests: 10, Per: Duration(time.Minute / 1000)}
	return opswattest.NewServer(opswattest.WithRows(demoRecords), opswattest.WithQuota(t.Quota.Requests, time.Duration(t.Quota.Per)))
}

func sdelementsDemo(t *Tenant) server {
	t.URL, t.Token = sdelementstest.BaseURL, sdelementstest.Key
	return sdelementstest.NewServer(sdelementstest.WithRows(demoRecords))
}
